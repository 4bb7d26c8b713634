"""``./run manage``: Django's own commands."""

import os

import click

from backend.cli.setup import join_running_services


@click.command(context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False)
@click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
def manage(arguments: tuple[str, ...]) -> None:
    """Django's commands: migrate, check, shell, createsuperuser ..."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "backend.settings")
    join_running_services()
    from django.core.management import execute_from_command_line  # noqa: PLC0415 -- after the environment is complete

    execute_from_command_line(["./run manage", *arguments])
