"""``./run signing-key``: a key for certificates and badges, and the end of one that was stolen."""

import secrets
import sys

import click

from backend.cli.setup import setup_django


@click.command(name="signing-key")
@click.option("--withdraw", metavar="KID", help="Nothing that this key signed is believed any more: it was stolen or lost.")
@click.option("--reason", default="", help="Why it is withdrawn.")
@click.option(
    "--next", "following", is_flag=True, help="A new key, vouched for by the one that signs now: for a change in good order."
)
def signing_key(*, withdraw: str | None, reason: str, following: bool) -> None:
    """Print a new key for LUDUS_SIGNING_KEY; or withdraw one that was stolen."""
    if withdraw is None:
        new = secrets.token_urlsafe(32)
        if following:
            _hand_over(new)
        click.echo(new)
        return
    setup_django()
    from games.credentials.actions import withdraw_key  # noqa: PLC0415 -- models need settings first
    from games.errors import GameError  # noqa: PLC0415 -- same

    try:
        row = withdraw_key(withdraw, by=None, reason=reason)
    except GameError as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
    click.echo(f"{row.kid} is withdrawn. What it signed is no longer believed: set LUDUS_SIGNING_KEY to another key.")


def _hand_over(new: str) -> None:
    """Both keys say that the new one follows; exit code 1 where the present one cannot."""
    setup_django()
    from games.credentials.actions import hand_over  # noqa: PLC0415 -- models need settings first
    from games.errors import GameError  # noqa: PLC0415 -- same

    try:
        row = hand_over(new)
    except GameError as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
    click.echo(f"{row.after} follows {row.before}. Set LUDUS_SIGNING_KEY to the key below and start again.", err=True)
