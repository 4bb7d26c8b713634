"""``./run verify PATH``: is it what was published? An export is computed anew, a receipt is checked: offline, and it says what that proves."""

import sys
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import click

from backend.cli.bundles import clear_line, draw, refusals
from backend.cli.setup import setup_django

RECEIPT_LARGEST: Final = 1024 * 1024
CONTROLS: Final = frozenset({"Cc", "Cs", "Zl", "Zp"})
TURNS: Final = frozenset({"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"})
"""Signs that turn the direction in which all that follows is read."""


@click.command()
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--format", "fmt", type=click.Choice(["bundle", "clics"]), help="clics: a contest's event feed. Found out if not said."
)
@click.option("--key", "pinned", multiple=True, metavar="KEY", help="The key that you trust: its thumbprint, or the key itself.")
@click.option(
    "--keys",
    "chain",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="What the house says about its keys (/.well-known/ludus-keys.json), to follow from your key to a newer one.",
)
def verify(*, path: Path, fmt: str | None, pinned: tuple[str, ...], chain: Path | None) -> None:
    """Check the receipt at PATH, or compute the bundle there and compare with what was published. Needs no network, no database."""
    setup_django()
    links = _chain(chain)
    said = _receipt(path)
    if said is not None:
        sys.exit(0 if _check(said, pinned, links) else 1)
    _compute(path, fmt, pinned, links)


def _chain(path: Path | None) -> list[Mapping[str, Any]]:
    if path is None:
        return []
    from leaderboards import receipts  # noqa: PLC0415 -- after the settings, like everything

    said = receipts.parsed(path.read_bytes())
    if not isinstance(said, dict) or not isinstance(said.get("chain"), list):
        click.echo(f"{path} is no list of keys of a house: expected an object with a list named chain.", err=True)
        sys.exit(1)
    chain: list[Mapping[str, Any]] = said["chain"]
    return chain


def _say(line: str, *, err: bool = False) -> None:
    """One line: what a stranger's file says cannot begin another, nor move the cursor, nor turn what is written."""
    click.echo("".join(one if _plain(one) else f"\\u{ord(one):04x}" for one in line), err=err)


def _plain(sign: str) -> bool:
    return unicodedata.category(sign) not in CONTROLS and unicodedata.bidirectional(sign) not in TURNS


def _receipt(path: Path) -> Any:
    """The receipt in a file; None where it is something else."""
    from leaderboards import receipts  # noqa: PLC0415

    if not path.is_file() or path.suffix == ".zip" or path.stat().st_size > RECEIPT_LARGEST:
        return None
    content = path.read_bytes()
    said = receipts.parsed(content)
    if said is None and b'"ludus.receipt/' in content:
        return {}  # one that cannot be read
    return said if isinstance(said, dict) and str(said.get("type", "")).startswith("ludus.receipt/") else None


def _check(said: Any, pinned: Sequence[str], chain: Sequence[Mapping[str, Any]]) -> bool:
    """Print what a receipt proves; whether nothing of it fails."""
    from leaderboards import receipts  # noqa: PLC0415

    found = receipts.check(said, pinned=pinned, chain=chain)
    if found.findings[receipts.Point.SHAPE] is not receipts.Finding.HOLDS:
        _say("This is no whole receipt: something is missing or is not what it should be.", err=True)
        return False
    told, row = found.statement, found.row
    _say(f"{told.get('house')}: {told.get('cycle')}, board {told.get('board')}, version {told.get('number')}")
    _say(f"published {told.get('published_at')} under rules {told.get('design')}, {told.get('size')} rows")
    _say(f"place {row.get('place') or '-'}: {row.get('name')}, score {row.get('score') or '-'}")
    _say("")
    for point, finding in receipts.lines(found):
        if point is not receipts.Point.SHAPE:
            _say(f"  {SIGNS[finding]}  {WORDS[point.value][finding.value]}")
    if len(found.way) > 1:
        _say(f"         from your key to the one that signed: {' -> '.join(found.way)}")
    _say("")
    _say(f"signed by key {told.get('kid')}")
    if not found.fails:
        _say(
            "Not proven: that the place was computed rightly. A receipt has no marks in it; ./run verify of an export computes it."
        )
    return not found.fails


SIGNS: Final = {"holds": "yes ", "fails": "NO  ", "open": "open"}
WORDS: Final = {
    "included": {
        "holds": "The row is in the published version, under the root that the statement names.",
        "fails": "The row is not in the published version: the path does not lead to the root.",
    },
    "signed": {
        "holds": "The statement was signed by the key in the receipt, to the byte.",
        "fails": "The statement was not signed by the key in the receipt.",
    },
    "trusted": {
        "holds": "That key is the one that you pinned, or follows from it.",
        "fails": "That key is not the one that you pinned, and nothing you gave shows that it follows from it.",
        "open": "Whose key it is, nobody can tell from the receipt: pin the one that you know with --key.",
    },
}


def _compute(path: Path, fmt: str | None, pinned: Sequence[str], chain: Sequence[Mapping[str, Any]]) -> None:
    """Compute a bundle anew and print what that proves. Ends the process with 1 where something differs, or the pinned key did not sign."""
    from games.bundles.reading import read_path  # noqa: PLC0415
    from games.bundles.verify import verify as checked  # noqa: PLC0415

    with refusals():
        read = read_path(path, fmt)
    different = signed = 0
    for number, bundle in enumerate(read.bundles):
        draw(bundle.design.cycle.title, number, len(read.bundles))
        found = checked(bundle, pinned=pinned, chain=chain)
        clear_line()
        _say(f"{bundle.design.cycle.key}: {found}")
        for proof in found.boards:
            signed += proof.signed
            for line in proof.said():
                _say(f"  {line}")
        for one in found.left_out:
            _say(f"  not compared: {one}")
        for difference in found.differences:
            _say(f"  {difference}")
        different += len(found.differences) + sum(1 for one in found.boards if one.trusted is False)
    if different:
        _say(f"{different} differences.", err=True)
    if pinned and not signed:
        _say("Nothing in it is signed: the key that you pinned proves nothing here.", err=True)
    if different or (pinned and not signed):
        sys.exit(1)
