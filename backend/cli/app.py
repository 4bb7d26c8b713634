"""The table of commands, and the help that ``./run help`` prints."""

import difflib
import importlib
import sys
from typing import NamedTuple

import click

from backend.services.supervisor import PartFailed, Stopped

PROGRAM = "./run"


class Entry(NamedTuple):
    """Where a command lives (``module:attribute``) and under which heading the help shows it."""

    heading: str
    target: str


# To add a command: write it in a file of backend/cli/, add its line here, and describe it in docs/ (a habit test asks for both).
COMMANDS: dict[str, Entry] = {
    "demo": Entry("Start here", "backend.cli.demo:demo"),
    "playbooks": Entry("Competitions", "backend.cli.cycles:playbooks"),
    "launch": Entry("Competitions", "backend.cli.cycles:launch"),
    "next": Entry("Competitions", "backend.cli.cycles:next_"),
    "import": Entry("Competitions", "backend.cli.bundles:import_"),
    "export": Entry("Competitions", "backend.cli.bundles:export"),
    "scores": Entry("Competitions", "backend.cli.bundles:scores"),
    "standings": Entry("Competitions", "backend.cli.bundles:standings"),
    "verify": Entry("Competitions", "backend.cli.verify:verify"),
    "recompute": Entry("Competitions", "backend.cli.bundles:recompute"),
    "test": Entry("Work on Ludus", "backend.cli.test:test"),
    "e2e": Entry("Work on Ludus", "backend.cli.e2e:e2e"),
    "screenshots": Entry("Work on Ludus", "backend.cli.screenshots:screenshots"),
    "check": Entry("Work on Ludus", "backend.cli.check:check"),
    "bench": Entry("Work on Ludus", "backend.cli.develop:bench"),
    "faults": Entry("Work on Ludus", "backend.cli.faults:faults"),
    "soak": Entry("Work on Ludus", "backend.cli.faults:soak"),
    "feed": Entry("Work on Ludus", "backend.cli.faults:feed"),
    "services": Entry("Work on Ludus", "backend.cli.develop:services"),
    "lock": Entry("Work on Ludus", "backend.cli.develop:lock"),
    "serve": Entry("Operate", "backend.cli.serve:serve"),
    "owner": Entry("Operate", "backend.cli.people:owner"),
    "signing-key": Entry("Operate", "backend.cli.signing:signing_key"),
    "backup": Entry("Operate", "backend.cli.backups:backup"),
    "restore": Entry("Operate", "backend.cli.backups:restore"),
    "health": Entry("Operate", "backend.cli.health:health"),
    "manage": Entry("Operate", "backend.cli.manage:manage"),
}
HEADINGS = ("Start here", "Competitions", "Operate", "Work on Ludus")


class Commands(click.Group):
    """Loads a command's file when it is asked for, so that ``./run test`` does not pay for the rest."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 -- click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 -- click's signature
        entry = COMMANDS.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.target.partition(":")
        command = getattr(importlib.import_module(module), attribute)
        assert isinstance(command, click.Command), f"{entry.target} is no command"
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] == "help":
            args = [*args[1:2], "--help"] if args[1:] else ["--help"]
            if len(args) == 1:
                click.echo(ctx.get_help())
                ctx.exit()
        if args and args[0] not in COMMANDS:
            near = difflib.get_close_matches(args[0], COMMANDS, n=1)
            ctx.fail(f"There is no command {args[0]!r}." + (f" Did you mean {near[0]!r}?" if near else f" See {PROGRAM} help."))
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        for heading in HEADINGS:
            names = [name for name, entry in COMMANDS.items() if entry.heading == heading]
            rows = [(name, command.get_short_help_str(90)) for name in names if (command := self.get_command(ctx, name))]
            if rows:
                with formatter.section(heading):
                    formatter.write_dl(rows)

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 -- click's signature
        formatter.write_text(f"{PROGRAM} COMMAND ...        {PROGRAM} help COMMAND shows what a command takes")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 120})
def cli() -> None:
    """Ludus: teams learn by competing."""


def main() -> None:
    """Exit codes: 0 done, 1 refused with every reason, 2 wrong usage."""
    try:
        cli.main(prog_name=PROGRAM)
    except Stopped:
        sys.exit(0)
    except PartFailed as failure:
        click.echo(str(failure), err=True)
        sys.exit(1)
