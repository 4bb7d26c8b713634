"""A block in words that a person acts on."""

from collections.abc import Mapping, Sequence
from typing import Final

from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop, ngettext
from leaderboards.engine.planning.problem import Bar, Block, Limit

MANY: Final = 6
"""More names than this are counted, not listed."""

BARS: Final[Mapping[Bar, str]] = {
    Bar.OWN: gettext_noop("by being their own"),
    Bar.CONFLICT: gettext_noop("by conflicts of interest"),
    Bar.LANGUAGE: gettext_noop("by language"),
}


def words_of(block: Block, names: Mapping[str, str] | None = None) -> str:
    """What is in the way, and what would help; `names`: key → name, for entries and judges alike."""
    called = names or {}
    entries = listed([called.get(key, key) for key in block.entries], _("entries"))
    judges = listed([called.get(key, key) for key in block.judges], _("judges"))
    if block.limit is Limit.PEERS:
        return _(
            "No way was found for {count} entrants to be judged by {needed} others each without two judging each"
            " other. Ask for fewer judges per entry: at most half of the others.",
            count=len(block.entries),
            needed=block.needed,
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
    return _("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])


def _barred(block: Block) -> str:
    parts = [f"{count} {_(BARS[bar])}" for bar, count in block.barred.items() if count]
    return _(" Barred: {names}.", names=listed(parts, _("reasons"))) if parts else ""


def _few(block: Block, entries: str, judges: str) -> str:
    """An entry that too few judges may have at all."""
    more = " more" if block.kept else ""
    wanted = ngettext("{needed}{more} is asked", "{needed}{more} are asked", block.needed, needed=block.needed, more=more)
    who = (
        _("only be judged by {judges}", judges=judges)
        if judges
        else (_("be judged by nobody else") if block.kept else _("be judged by nobody"))
    )
    return _(
        "{entries} can {who}; {wanted}.{barred} Ask for fewer judges, or add one who may.",
        entries=entries,
        who=who,
        wanted=wanted,
        barred=_barred(block),
    )


def _loads(block: Block, entries: str, judges: str) -> str:
    """Entries whose judges have no room for all of them."""
    needs = ngettext("needs", "need", len(block.entries))
    have = ngettext("has", "have", len(block.judges))
    return _(
        "{entries} {needs} {count}, which can only go to {judges}, who {have} room for {possible}.{barred} Raise a"
        " load limit, ask for fewer judges per entry, or add a judge.",
        entries=entries,
        needs=needs,
        count=_sheets(block.needed),
        judges=judges or _("nobody"),
        have=have,
        possible=block.possible,
        barred=_barred(block),
    )


def _minimum(block: Block, judges: str) -> str:
    """Judges who are promised more than there is."""
    wants = ngettext("is", "are", len(block.judges))
    return _(
        "{judges} {wants} to get at least {count}, but only {possible} can go there.{barred} Lower the least load, or"
        " ask for more judges per entry.",
        judges=judges,
        wants=wants,
        count=_sheets(block.needed),
        possible=block.possible,
        barred=_barred(block),
    )


def _sheets(count: int) -> str:
    return ngettext("1 sheet more", "{count} sheets more", count, count=count)
