"""``./run check``: what a machine can say about this house, all at once."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from backend.cli.documented import undocumented
from backend.cli.setup import ROOT

SCHEMA = ROOT / "backend" / "api" / "schema.yml"
AT_ONCE = 2


@dataclass(frozen=True)
class Step:
    """One check: returns what is wrong, or nothing. ``repair`` is what ``--fix`` runs first."""

    name: str
    about: str
    run: Callable[[], str]
    repair: Callable[[], str] | None = None


@click.command()
@click.option("--fix", is_flag=True, help="Repair what can be repaired (imports, format, templates, schema).")
@click.argument("names", nargs=-1)
def check(*, fix: bool, names: tuple[str, ...]) -> None:
    """Lint, format, types, contracts, templates, migrations, schema, docs; NAMES picks some."""
    known = {step.name: step for step in steps()}
    for name in names:
        if name not in known:
            raise click.UsageError(f"There is no check {name!r}; there are: {', '.join(known)}")
    chosen = [known[name] for name in names] or list(known.values())
    if fix:
        for step in chosen:
            if step.repair:
                step.repair()
    sys.exit(run_steps(chosen))


def run_steps(chosen: Sequence[Step]) -> int:
    """Run them, two at a time, print what each found; 1 when anything was found."""
    began = time.monotonic()
    failed = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for step, (found, seconds) in zip(chosen, pool.map(timed, chosen), strict=True):
            failed += bool(found)
            click.echo(f"{'no' if found else 'ok':>4}  {step.name:<11} {seconds:5.1f} s  {step.about}")
            if found:
                click.echo("\n".join(f"        {line}" for line in found.splitlines()))
    summary = f"{failed} of {len(chosen)} checks found something" if failed else f"all {len(chosen)} checks passed"
    click.echo(f"{summary} ({time.monotonic() - began:.0f} s)")
    return 1 if failed else 0


def timed(step: Step) -> tuple[str, float]:
    began = time.monotonic()
    return step.run(), time.monotonic() - began


def steps() -> list[Step]:
    """Every check; the slowest first, so that the others run beside it."""
    return [
        Step("types", "mypy, strict", module("mypy")),
        Step(
            "lint",
            "ruff, every rule that has no reason against it",
            tool("ruff", "check", "-q", "."),
            tool("ruff", "check", "-q", "--fix", "."),
        ),
        Step("format", "ruff format", tool("ruff", "format", "--check", "-q", "."), tool("ruff", "format", "-q", ".")),
        Step("contracts", "who may import whom", tool("lint-imports", "--no-logo")),
        Step("templates", "djade", templates("--check"), templates()),
        Step("migrations", "none missing", manage("makemigrations", "--check", "--dry-run")),
        Step("system", "Django's own checks", manage("check", "--fail-level", "WARNING")),
        Step("schema", "backend/api/schema.yml is what the API says", stale_schema, write_schema),
        Step("docs", "every setting and command is documented", lambda: "\n".join(undocumented())),
    ]


def command(*arguments: str, on_fail_only: bool = True) -> str:
    """Its output if it failed (or always), else nothing."""
    env = dict(os.environ) | {"DJANGO_SETTINGS_MODULE": "backend.settings", "LUDUS_LOG_LEVEL": "ERROR"}
    done = subprocess.run(arguments, cwd=ROOT, env=env, capture_output=True, text=True, check=False)
    if done.returncode == 0 and on_fail_only:
        return ""
    return (done.stdout + done.stderr).strip() or f"exit code {done.returncode}"


def tool(name: str, *arguments: str) -> Callable[[], str]:
    """A program that was installed beside this Python."""
    return partial(command, str(Path(sys.executable).parent / name), *arguments)


def module(name: str, *arguments: str) -> Callable[[], str]:
    return partial(command, sys.executable, "-m", name, *arguments)


def manage(*arguments: str) -> Callable[[], str]:
    return module("django", *arguments)


def templates(*flags: str) -> Callable[[], str]:
    """Djade over every template; what it would change is what it found."""

    def run() -> str:
        files = sorted(
            str(path.relative_to(ROOT))
            for folder in ("backend", "games", "leaderboards")
            for path in (ROOT / folder).rglob("templates/**/*.html")
        )
        return tool("djade", *flags, *files)() if files else ""

    return run


def current_schema() -> str:
    return command(sys.executable, "-m", "django", "spectacular", "--validate", "--fail-on-warn", on_fail_only=False)


def stale_schema() -> str:
    """Nothing when the committed schema is current, or when there is no API yet."""
    if not (SCHEMA.parent / "v1.py").exists():
        return ""
    now = current_schema()
    if not SCHEMA.exists() or SCHEMA.read_text(encoding="utf-8").strip() != now:
        return f"{SCHEMA.relative_to(ROOT)} is stale: ./run check --fix schema\n" + ("" if now.startswith("openapi") else now)
    return ""


def write_schema() -> str:
    now = current_schema()
    if now.startswith("openapi"):
        SCHEMA.write_text(now + "\n", encoding="utf-8")
    return ""
