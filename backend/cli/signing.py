"""``./run signing-key``: a key for certificates and badges, and the end of one that was stolen."""

import secrets
import sys

import click

from backend.cli.setup import setup_django


@click.command(name="signing-key")
@click.option("--withdraw", metavar="KID", help="Nothing that this key signed is believed any more: it was stolen or lost.")
@click.option("--reason", default="", help="Why it is withdrawn.")
def signing_key(*, withdraw: str | None, reason: str) -> None:
    """Print a new key for LUDUS_SIGNING_KEY; or withdraw one that was stolen."""
    if withdraw is None:
        click.echo(secrets.token_urlsafe(32))
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
