"""``./run import | export | scores | standings | recompute``: competitions in and out of files, finished when the command ends."""

import contextlib
import json
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from backend.cli.setup import setup_django

if TYPE_CHECKING:  # models need settings first
    from games.challenges.models import Challenge
    from games.cycles.models import Cycle
    from leaderboards.models import Board
    from leaderboards.queries import RowData

AUDIENCES: Final = ("public", "judges", "organizers")
DIGITS: Final = 12
WIDTH: Final = 28


@contextlib.contextmanager
def refusals() -> Iterator[None]:
    """A refusal of the game ends the command with every reason, one a line, and exit code 1."""
    from games.errors import GameError  # noqa: PLC0415 -- games is loaded after the settings

    try:
        yield
    except GameError as refusal:
        clear_line()
        for reason in refusal.problems or (refusal.message,):
            click.echo(str(reason), err=True)
        if len(refusal.problems) > 1:
            click.echo(f"{len(refusal.problems)} faults; nothing was written.", err=True)
        sys.exit(1)


def ready_database() -> None:
    """Settings, apps, and a database with all its tables: the file of this machine is brought up to date, a server's is not touched."""
    setup_django()
    from django.core.management import call_command  # noqa: PLC0415 -- after the environment is complete
    from django.db import OperationalError, connection  # noqa: PLC0415
    from django.db.migrations.executor import MigrationExecutor  # noqa: PLC0415

    try:
        executor = MigrationExecutor(connection)
        pending = executor.migration_plan(executor.loader.graph.leaf_nodes())
    except OperationalError as error:
        click.echo(f"The database cannot be reached: {error}", err=True)
        sys.exit(1)
    if not pending:
        return
    if connection.vendor != "sqlite":
        click.echo("The database is not up to date. Run: ./run manage migrate", err=True)
        sys.exit(1)
    call_command("migrate", verbosity=0)


def draw(label: str, done: int, of: int) -> None:
    """A bar on the terminal's error side; nothing where nobody watches."""
    if not sys.stderr.isatty() or not of:
        return
    filled = WIDTH * done // of
    click.echo(f"\r  {'█' * filled}{'·' * (WIDTH - filled)} {done}/{of} {label[:60]:<60}", err=True, nl=False)
    if done >= of:
        clear_line()


def draw_share(label: str, share: float) -> None:
    """The same for work that says how far it is from 0 to 1."""
    draw(label, round(100 * share), 100)


def clear_line() -> None:
    if sys.stderr.isatty():
        click.echo("\r\033[K", err=True, nl=False)


def cycle_named(key: str) -> "Cycle":
    """The cycle with this key, or exit code 1 and what is near."""
    from games.cycles.models import Cycle  # noqa: PLC0415

    found = Cycle.objects.filter(key=key).first()
    if found is None:
        known = list(Cycle.objects.order_by("key").values_list("key", flat=True))
        near = get_close_matches(key, known, n=3) or known[:10]
        click.echo(f'There is no cycle "{key}".' + (f" There are: {', '.join(near)}" if near else ""), err=True)
        sys.exit(1)
    return found


@click.command("import")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format", "fmt", type=click.Choice(["bundle", "clics"]), help="clics: a contest's event feed. Found out if not said."
)
@click.option("--as", "key", metavar="KEY", help="Import the cycle under this key.")
@click.option(
    "--organization", metavar="KEY", help="Whose people they are; made if there is none. Default: named after the cycle."
)
def import_(*, path: Path, fmt: str | None, key: str | None, organization: str | None) -> None:
    """Bring a cycle or a series in: a folder, a zip, a feed. All or nothing."""
    ready_database()
    from games.bundles.actions import import_read  # noqa: PLC0415
    from games.bundles.reading import read_path  # noqa: PLC0415
    from games.organizations.models import Organization  # noqa: PLC0415

    with refusals():
        draw(f"reading {path.name}", 0, 1)
        read = read_path(path, fmt)
        house = None
        if organization:
            house = Organization.objects.get_or_create(key=organization, defaults={"name": organization})[0]
        cycles = import_read(read, organization=house, key=key, progress=draw)
    for warning in read.warnings:
        click.echo(f"note: {warning}", err=True)
    for cycle in cycles:
        click.echo(f"{cycle.key}: {cycle.name} ({cycle.state}, {cycle.groups.count()} groups)")


@click.command()
@click.argument("cycle")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--for", "audience", type=click.Choice(AUDIENCES), default="organizers", show_default=True, help="Who will read it."
)
@click.option("--files/--no-files", default=True, help="Whether the files of entries come along.")
def export(*, cycle: str, path: Path, audience: str, files: bool) -> None:
    """Write CYCLE (or a whole series) to PATH: a folder, or a zip if it ends in .zip."""
    ready_database()
    from games.bundles.actions import export_cycle, export_series  # noqa: PLC0415
    from games.cycles.models import Cycle, Series  # noqa: PLC0415

    with refusals():
        series = Series.objects.filter(key=cycle).first()
        if series is not None and not Cycle.objects.filter(key=cycle).exists():
            export_series(series, path, audience=audience, files=files, progress=draw)
        else:
            export_cycle(cycle_named(cycle), path, audience=audience, files=files, progress=draw)
    click.echo(f"{path} (for {audience})")


@click.command()
@click.argument("challenge", metavar="CYCLE/CHALLENGE")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--panel", metavar="KEY", help="Whose marks they are; the first panel if not said.")
def scores(*, challenge: str, file: Path, panel: str | None) -> None:
    """Make sheets final from a table of marks (FILE, CSV: group, judge, criterion, value). All or nothing.

    Where a cycle has the challenge in several rounds: CYCLE/ROUND/CHALLENGE.
    """
    if challenge.count("/") not in {1, 2}:
        raise click.BadParameter("expected CYCLE/CHALLENGE or CYCLE/ROUND/CHALLENGE", param_hint="CYCLE/CHALLENGE")
    ready_database()
    from games.bundles.actions.scores import first_panel, import_table  # noqa: PLC0415 -- games is loaded after the settings

    with refusals():
        task = challenge_named(challenge)
        done = import_table(challenge=task, panel=panel or first_panel(task), content=file.read_bytes(), by=None)
    click.echo(f"{challenge}: {done} {'sheet is' if done == 1 else 'sheets are'} final")


def challenge_named(place: str) -> "Challenge":
    """The challenge at CYCLE/CHALLENGE or CYCLE/ROUND/CHALLENGE, or exit code 1 and those there are."""
    from games.challenges.models import Challenge  # noqa: PLC0415 -- games is loaded after the settings

    key, *round_, task = place.split("/")
    rows = Challenge.objects.filter(round__cycle=cycle_named(key)).select_related("round__cycle").order_by("pk")
    found = [one for one in rows if one.key == task and one.round.key in (round_ or [one.round.key])]
    if len(found) != 1:
        there = ", ".join(f"{key}/{one.round.key}/{one.key}" for one in rows) or "none"
        fault = "in several rounds" if found else "not there"
        click.echo(f'"{place}" is {fault}. There are: {there}', err=True)
        sys.exit(1)
    return found[0]


@click.command()
@click.argument("cycle")
@click.option("--board", "key", metavar="KEY", help="Which board; the first, which is the main result, if not said.")
@click.option("--json", "as_json", is_flag=True, help="A list of objects instead of a table.")
@click.option("--public", is_flag=True, help="What everybody sees: the last published state, or a live board.")
def standings(*, cycle: str, key: str | None, as_json: bool, public: bool) -> None:
    """The standings of CYCLE."""
    ready_database()
    from games.results.queries import shown_of, shown_rows  # noqa: PLC0415

    board = board_named(cycle_named(cycle), key)
    names = order_names(board)
    rows = [row_object(row, names) for row in shown_rows(shown_of(board, organizes=not public))]
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, indent=1))
    else:
        click.echo(table(board.name, rows, names))


def board_named(cycle: "Cycle", key: str | None) -> "Board":
    """The board, the first one without a key; exit code 1 names those there are."""
    from games.results.queries import boards_of  # noqa: PLC0415

    boards = list(boards_of(cycle))
    found = next((one for one in boards if key in {None, one.key}), None)
    if found is None:
        there = ", ".join(one.key for one in boards) or "none"
        click.echo(
            f'"{cycle.key}" has no board "{key}". There are: {there}' if key else f'"{cycle.key}" has no boards.', err=True
        )
        sys.exit(1)
    return found


def order_names(board: "Board") -> list[str]:
    """What the board is ordered by, without the direction: names of the keys of each row."""
    written = board.spec.get("order") or ["score"]
    return [str(one if isinstance(one, str) else one.get("by", one)).split(" ")[0] for one in written]


def decimal(value: Any) -> Any:
    """A number text as a plain decimal; one that never ends is rounded to 12 places. Lists stay lists."""
    from leaderboards.engine import numbers  # noqa: PLC0415

    if isinstance(value, list):
        return [decimal(one) for one in value]
    if isinstance(value, str) and "/" in value:
        return numbers.fixed(numbers.parse(value), DIGITS)
    return value


def row_object(row: "RowData", names: list[str]) -> dict[str, Any]:
    """place, group, name, score, each order key and every other named value; numbers are decimal strings, none is null."""
    keys = {name: decimal(value) for name, value in zip(names, row["keys"], strict=False)}
    values = {name: decimal(value) for name, value in row["values"].items()}
    found: dict[str, Any] = {
        "place": decimal(row["place"]) or None,
        "group": row["group"],
        "name": row["name"],
        "score": decimal(row["score"]) or None,
    }
    found |= {name: value for name, value in keys.items() if name not in found}
    return found | {"status": row["status"], "within": row["bracket"], "pending": row["pending"], "keys": keys, "values": values}


def table(title: str, rows: list[dict[str, Any]], names: list[str]) -> str:
    """For people to read."""
    heads = ["place", *(["within"] if any(row["within"] for row in rows) else []), "name", *dict.fromkeys(("score", *names))]
    lines = [heads, *([shown(row[head] if head in row else row["keys"].get(head)) for head in heads] for row in rows)]
    widths = [max(len(line[number]) for line in lines) for number in range(len(heads))]
    text = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    return "\n".join([title, "", *text]) if rows else f"{title}\n\nNobody stands here yet."


def shown(value: Any) -> str:
    return " ".join(value) if isinstance(value, list) else value or "-"


@click.command()
@click.argument("cycle")
def recompute(*, cycle: str) -> None:
    """Compute points, scores and standings of CYCLE again, now. The same facts change nothing."""
    ready_database()
    from worker.steps import recompute_now  # noqa: PLC0415

    with refusals():
        found = cycle_named(cycle)
        outcome = recompute_now(found, draw_share)
    rows = sum(len(board.rows) for board in outcome.boards.values())
    click.echo(f"{found.key}: {len(outcome.cells)} scores, {len(outcome.boards)} boards with {rows} rows")
