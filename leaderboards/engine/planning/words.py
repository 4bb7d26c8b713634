"""A block in words that a person acts on."""

from collections.abc import Mapping, Sequence
from typing import Final

from leaderboards.engine.planning.problem import Bar, Block, Limit

MANY: Final = 6
"""More names than this are counted, not listed."""

BARS: Final[Mapping[Bar, str]] = {
    Bar.OWN: "by being their own",
    Bar.CONFLICT: "by conflicts of interest",
    Bar.LANGUAGE: "by language",
}


def words_of(block: Block, names: Mapping[str, str] | None = None) -> str:
    """What is in the way, and what would help; `names`: key → name, for entries and judges alike."""
    called = names or {}
    entries = listed([called.get(key, key) for key in block.entries], "entries")
    judges = listed([called.get(key, key) for key in block.judges], "judges")
    if block.limit is Limit.PEERS:
        return (
            f"No way was found for {len(block.entries)} entrants to be judged by {block.needed} others each without two judging each"
            " other. Ask for fewer judges per entry: at most half of the others."
        )
    if block.limit is Limit.MINIMUM:
        return _minimum(block, judges)
    return _loads(block, entries, judges) if block.limit is Limit.LOADS else _few(block, entries, judges)


def listed(names: Sequence[str], what: str) -> str:
    """A, B and C; beyond a few, their number and the first."""
    if len(names) > MANY:
        return f"{len(names)} {what} ({', '.join(names[:3])} …)"
    if len(names) <= 1:
        return "".join(names)
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _barred(block: Block) -> str:
    parts = [f"{count} {BARS[bar]}" for bar, count in block.barred.items() if count]
    return f" Barred: {listed(parts, 'reasons')}." if parts else ""


def _few(block: Block, entries: str, judges: str) -> str:
    """An entry that too few judges may have at all."""
    more = " more" if block.kept else ""
    wanted = f"{block.needed}{more} {'is' if block.needed == 1 else 'are'} asked"
    who = f"only be judged by {judges}" if judges else f"be judged by nobody{' else' if block.kept else ''}"
    return f"{entries} can {who}; {wanted}.{_barred(block)} Ask for fewer judges, or add one who may."


def _loads(block: Block, entries: str, judges: str) -> str:
    """Entries whose judges have no room for all of them."""
    needs = "needs" if len(block.entries) == 1 else "need"
    have = "has" if len(block.judges) == 1 else "have"
    return (
        f"{entries} {needs} {_sheets(block.needed)}, which can only go to {judges or 'nobody'}, who {have} room for {block.possible}."
        f"{_barred(block)} Raise a load limit, ask for fewer judges per entry, or add a judge."
    )


def _minimum(block: Block, judges: str) -> str:
    """Judges who are promised more than there is."""
    wants = "is" if len(block.judges) == 1 else "are"
    return (
        f"{judges} {wants} to get at least {_sheets(block.needed)}, but only {block.possible} can go there."
        f"{_barred(block)} Lower the least load, or ask for more judges per entry."
    )


def _sheets(count: int) -> str:
    return "1 sheet more" if count == 1 else f"{count} sheets more"
