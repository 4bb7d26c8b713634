"""``./run playbooks``, ``./run launch``, ``./run next``: cycles from presets, in the foreground, without a worker."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import click

from backend.cli.setup import setup_django


@contextmanager
def refusals() -> Iterator[None]:
    """A refusal of the game ends with exit code 1 and every reason on its own line."""
    from games.errors import GameError  # noqa: PLC0415 -- models need settings first

    try:
        yield
    except GameError as refusal:
        for one in refusal.problems or (refusal.message,):
            click.echo(str(one), err=True)
        sys.exit(1)


@click.command()
@click.argument("key", required=False)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def playbooks(*, key: str | None, as_json: bool) -> None:
    """List what can be launched here; with KEY show one playbook's rules in words."""
    setup_django()
    from games.playbooks.queries import preset, presets  # noqa: PLC0415 -- models need settings first
    from leaderboards.engine.words import scoring_rules  # noqa: PLC0415 -- same

    with refusals():
        if key is None:
            found = [{"key": one.label, "name": one.name, "source": one.source, "summary": one.summary} for one in presets()]
            lines = [f"{one['key']:32} {one['name']}\n    {one['summary']}" for one in found]
            click.echo(json.dumps(found, ensure_ascii=False, indent=2) if as_json else "\n".join(lines))
            return
        one = preset(key)
        if as_json:
            click.echo(json.dumps(one.data, ensure_ascii=False, indent=2))
            return
        click.echo(f"{one.label}: {one.name}\n{one.summary}")
        for heading, rules in scoring_rules(one.sample()).items():
            click.echo(f"\n{heading}\n" + "\n".join(f"  {rule}" for rule in rules))


COMMON = (
    click.option("--key", default="", help="Key of the new cycle."),
    click.option("--name", default="", help="Its name."),
    click.option("--start", help="When it starts: 2027-03-01 or 2027-03-01T09:00+01:00. Offsets count from it. Default: now."),
    click.option("--by", "email", help="E-mail of who launches and organizes it. Default: the only owner of this instance."),
    click.option(
        "--changes", "file", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="TOML merged into the rules."
    ),
    click.option(
        "--set", "settings", multiple=True, metavar="PATH=VALUE", help="One change, as in --set aim.target=250 (repeatable)."
    ),
    click.option("--json", "as_json", is_flag=True, help="Print JSON."),
)


def common(command: Any) -> Any:
    """The options that launch and next share."""
    for option in reversed(COMMON):
        command = option(command)
    return command


@click.command()
@click.argument("playbook")
@common
@click.option("--series", default="", help="Key of the series it belongs to.")
@click.option("--hidden", is_flag=True, help="Only its members find it.")
def launch(*, playbook: str, series: str, hidden: bool, as_json: bool, **asked: Any) -> None:
    """Launch a cycle from PLAYBOOK: a key, key@version, or a cycle.toml. All that is missing is named at once."""
    setup_django()
    from games.playbooks.actions import written  # noqa: PLC0415 -- models need settings first
    from games.progression import actions  # noqa: PLC0415 -- same

    with refusals():
        path = Path(playbook)
        source: Any = written(path.read_text(encoding="utf-8")) if path.suffix == ".toml" and path.is_file() else playbook
        cycle = actions.launch(source, by=_user(asked["email"]), series=series, public=not hidden, **_given(asked))
        _tell(cycle, as_json=as_json)


@click.command("next")
@click.argument("cycle")
@common
@click.option("--without-teams", is_flag=True, help="Leave the teams behind.")
def next_(*, cycle: str, without_teams: bool, as_json: bool, **asked: Any) -> None:
    """Launch the cycle after CYCLE (its key): the same rules moved in time, with its teams."""
    setup_django()
    from games.cycles.models import Cycle  # noqa: PLC0415 -- models need settings first
    from games.errors import NotFound  # noqa: PLC0415 -- same
    from games.progression import actions  # noqa: PLC0415 -- same
    from games.progression.actions.succession import CARRY, TEAMS  # noqa: PLC0415 -- same

    with refusals():
        before = Cycle.objects.filter(key=cycle).first()
        if before is None:
            message = f'There is no cycle "{cycle}".'
            raise NotFound(message)
        carry = CARRY - {TEAMS} if without_teams else CARRY
        _tell(actions.next_cycle(before, by=_user(asked["email"]), carry=carry, **_given(asked)), as_json=as_json)


def _given(asked: dict[str, Any]) -> dict[str, Any]:
    return {"key": asked["key"], "name": asked["name"], "start": _start(asked["start"]), "changes": _changes(asked)}


def _start(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = (
            datetime.fromisoformat(text) if len(text) > len("2027-01-31") else datetime.combine(date.fromisoformat(text), time())
        )
    except ValueError:
        raise click.BadParameter("expected 2027-03-01 or 2027-03-01T09:00+01:00", param_hint="--start") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _changes(asked: dict[str, Any]) -> dict[str, Any]:
    """The file, then each --set over it. A value is read as TOML if it can be, else as text."""
    from games.playbooks.actions import written  # noqa: PLC0415 -- models need settings first
    from games.playbooks.expand import merged  # noqa: PLC0415 -- same

    found: dict[str, Any] = written(asked["file"].read_text(encoding="utf-8")) if asked["file"] else {}
    for one in asked["settings"]:
        path, separator, text = one.partition("=")
        if not separator or not all(path.split(".")):
            raise click.BadParameter(f"expected PATH=VALUE, found {one!r}", param_hint="--set")
        try:
            value: Any = written(f"value = {text}")["value"]
        except Exception:  # noqa: BLE001 no TOML value: then it is text
            value = text
        for step in reversed(path.split(".")):
            value = {step: value}
        found = merged(found, value)
    return found


def _user(email: str | None) -> Any:
    """Who launches. Without an address the only owner, else nobody: the cycle is then steered from the command line."""
    from backend.accounts.models import User  # noqa: PLC0415 -- models need settings first
    from games.errors import NotFound  # noqa: PLC0415 -- same

    if email is None:
        owners = list(User.objects.filter(is_superuser=True, is_active=True)[:2])
        return owners[0] if len(owners) == 1 else None
    user = User.objects.filter(email__iexact=email, is_active=True).first()
    if user is None:
        message = f"Nobody with the address {email} has an account here."
        raise NotFound(message)
    return user


def _tell(cycle: Any, *, as_json: bool) -> None:
    rounds = list(cycle.rounds.order_by("number"))
    if as_json:
        times = [
            {"key": one.key, "name": one.name, "opens": one.opens_at.isoformat() if one.opens_at else None,
             "closes": one.closes_at.isoformat() if one.closes_at else None}
            for one in rounds
        ]  # fmt: skip
        click.echo(
            json.dumps(
                {"id": cycle.pk, "key": cycle.key, "name": cycle.name, "state": cycle.state, "rounds": times}, ensure_ascii=False
            )
        )
        return
    click.echo(f"{cycle.name} is launched: cycle {cycle.key}, design {cycle.design_number}, {cycle.state}.")
    for one in rounds:
        opens = f"{one.opens_at:%Y-%m-%d %H:%M}" if one.opens_at else "when decided"
        closes = f"{one.closes_at:%Y-%m-%d %H:%M}" if one.closes_at else "when decided"
        click.echo(f"  {one.name}: {opens} to {closes} UTC{', after its gate' if one.gated else ''}")
