"""``./run owner``: the first person of a new instance."""

import sys

import click

from backend.cli.setup import setup_django


@click.command()
@click.argument("email")
def owner(email: str) -> None:
    """Make EMAIL the owner of this instance, and print a link that signs in once."""
    setup_django()
    from backend.accounts.actions import make_owner  # noqa: PLC0415 -- models need settings first
    from games.errors import GameError  # noqa: PLC0415 -- same

    try:
        user, link = make_owner(email)
    except GameError as refusal:
        click.echo(refusal.message, err=True)
        sys.exit(1)
    click.echo(f"{user.email} owns this instance and may launch cycles. Sign in once, within 30 minutes:\n{link}")
