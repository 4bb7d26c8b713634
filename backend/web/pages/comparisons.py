"""How sure comparisons in pairs make us, in words and bars: a part of the page "How sure are we?"."""

from collections.abc import Callable, Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.web.geometry.intervals import offset_bar, place_bar, reach_of
from games.judging.queries.others import Who
from games.judging.rules.pairs import ENOUGH
from games.results.queries.pairs import PairAnalysis, PairEntry, PairJudge, PairLine
from leaderboards.engine.numbers import fixed

SHOWN: Final = 200  # entries on one page; a file has them all
DECIMALS: Final = 2
SEEN: Final = 4  # comparisons; before these, nothing can be said about an entry
PERCENT: Final = 100
FLAGS: Final = {
    "contrary": gettext_lazy("more often than not against the order of all"),
    "one_sided": gettext_lazy("mostly the one shown first, which is drawn by lot"),
}
STEPS: Final = (
    (0, 0, gettext_lazy("never")),
    (1, SEEN - 1, gettext_lazy("one to three times")),
    (SEEN, ENOUGH - 1, gettext_lazy("four to nine times")),
    (ENOUGH, 10**9, gettext_lazy("ten times and more")),
)

type Named = Callable[[str], tuple[str, str]]
"""Key of a group → (name, key for its page, or nothing)"""


def pairs_part(
    found: PairAnalysis, named: Named, people: Mapping[str, int], who: Mapping[int, Who] | None, *, title: str, told: bool
) -> dict[str, Any]:
    """One panel. `who`: judges by id, None where they are not shown one by one; `told`: with what stands out in their votes."""
    entries = sorted(found.entries, key=lambda one: (one.place, one.group))
    known = sorted({number for one in entries[:1] for number in one.top if number < len(entries)})
    tops = sorted({*known[:2], *known[-1:]})
    reach = reach_of([(one.strength, 2 * (one.error or Fraction(0))) for one in entries])
    judges = sorted((one for one in found.judges if one.judge in people), key=lambda one: (-one.votes, one.judge))
    return {
        "pairs": True,
        "title": title,
        "says": _says(found),
        "enough": enough_words(found),
        "enough_state": "published" if found.stop else "judging",
        "holds": holds(found.reliability, found.reliability_by),
        "linked": linked(found.parts) if found.verdicts else "",
        "lines": [_line(one, named) for one in found.lines],
        "steps": steps(found.coverage),
        "whole": found.whole,
        "tops": tops,
        "entries": [_entry(one, named, tops, reach, of=len(entries)) for one in entries[:SHOWN]],
        "more": max(0, len(entries) - SHOWN),
        "judges": [_judge(one, who.get(people[one.judge]), told=told) for one in judges] if who is not None else [],
    }


def _says(found: PairAnalysis) -> str:
    """How much was compared, in one sentence."""
    verdicts = ngettext("%(count)d comparison", "%(count)d comparisons", found.verdicts) % {"count": found.verdicts}
    judges = ngettext("%(count)d judge", "%(count)d judges", len(found.judges)) % {"count": len(found.judges)}
    entries = ngettext("%(count)d entry", "%(count)d entries", found.whole) % {"count": found.whole}
    words = _("%(verdicts)s by %(judges)s of %(entries)s: each entry was compared %(least)s times or more, %(mean)s on average.")
    return words % {
        "verdicts": verdicts,
        "judges": judges,
        "entries": entries,
        "least": fixed(found.least, 0),
        "mean": fixed(found.mean, 1),
    }


def enough_words(found: PairAnalysis) -> str:
    """Whether enough was compared: the advice when to stop, for whoever reads it."""
    if not found.verdicts:
        return _("Nothing is compared yet.")
    said: dict[str, Callable[[], str]] = {
        "reliable": lambda: _("Enough was compared: every entry ten times or more, and the order holds."),
        "decided": lambda: _("Enough was compared: each line that matters is decided, with nine chances in ten or more."),
        "apart": lambda: _("Not enough: there are entries that no comparison links, so nobody can say which of them is better."),
        "few": lambda: (
            ngettext(
                "Fewer than would be good: with %(count)d comparison more, every entry would have ten.",
                "Fewer than would be good: with %(count)d comparisons more, every entry would have ten.",
                found.to_go,
            )
            % {"count": found.to_go}
        ),
        "unsure": lambda: _("Every entry was compared ten times, and the order still does not hold well."),
    }
    return said.get(found.reason, str)()


def holds(reliability: Fraction | None, by: str) -> str:
    """How well the order would come out again, and from what that is known; empty where it cannot be told."""
    if reliability is None:
        return ""
    how: dict[str, Callable[[], str]] = {
        "halves": lambda: _("Two halves of the judges, drawn by lot, agree on the order with %(value)s"),
        "first": lambda: _("By the first comparisons of each entry, the order holds with %(value)s"),
        "all": lambda: _("By all comparisons, which flatters, the order holds with %(value)s"),
    }
    words = how.get(by, how["all"])() % {"value": fixed(reliability, DECIMALS)}
    return _("%(words)s. (1 would be certain, 0.80 is enough.)") % {"words": words}


def linked(parts: Sequence[int]) -> str:
    """Whether all entries hang together, in words. `parts`: how many entries each part has."""
    if len(parts) <= 1:
        return _("All entries are linked by comparisons: any two can be set in order.")
    alone = parts.count(1)
    words = _("The entries fall into %(count)d parts that no comparison links, the largest of %(most)d.") % {
        "count": len(parts),
        "most": max(parts),
    }
    more = ngettext("%(count)d entry was compared with none.", "%(count)d entries were compared with none.", alone) % {
        "count": alone
    }
    return f"{words} {more}" if alone else words


def steps(coverage: Mapping[int, int]) -> list[dict[str, Any]]:
    """How many entries were compared how often."""
    return [
        {"label": label, "count": sum(count for times, count in coverage.items() if low <= times <= high), "rare": low < SEEN}
        for low, high, label in STEPS
    ]


def percent(share: Fraction | None) -> str:
    """A share from 0 to 1 for reading; empty where there is none."""
    return "" if share is None else f"{round(PERCENT * share)} %"


def _line(one: PairLine, named: Named) -> dict[str, Any]:
    return {
        "place": one.place,
        "next": one.place + 1,
        "above": named(one.above)[0],
        "below": named(one.below)[0],
        "percent": None if one.chance is None else round(PERCENT * one.chance),
        "decided": one.decided,
    }


def _entry(one: PairEntry, named: Named, tops: Collection[int], reach: Fraction, *, of: int) -> dict[str, Any]:
    name, key = named(one.group)
    return {
        "name": name,
        "key": key,
        "place": one.place,
        "strength": fixed(one.strength, DECIMALS),
        "error": "" if one.error is None else fixed(one.error, DECIMALS),
        "strength_bar": offset_bar(one.strength, 2 * (one.error or Fraction(0)), reach=reach),
        "low": one.low,
        "high": one.high,
        "bar": place_bar(one.place, one.low, one.high, of=of),
        "compared": fixed(one.compared, 0),
        "won": percent(one.won),
        "tied": len(one.tied_with),
        "tops": [percent(one.top.get(number, Fraction(0))) for number in tops],
    }


def _judge(one: PairJudge, who: Who | None, *, told: bool) -> dict[str, Any]:
    return {
        "who": who,
        "votes": one.votes,
        "ties": one.ties,
        "skipped": one.skipped,
        "agreement": "" if one.agreement is None else round(PERCENT * one.agreement),
        "flags": [FLAGS[flag] for flag in one.flags if flag in FLAGS] if told else [],
    }
