"""Why a group stands where it stands: two published states of a board side by side. Pure shapes out of rows of snapshots."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final, NamedTuple

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from backend.templatetags.ludus import shown
from games.groups.rules import is_unnamed
from leaderboards.engine import numbers
from leaderboards.queries import movement

NAMED: Final = 3  # so many others are named, the rest are counted
REACH: Final = 2
GOOD: Final = "good"
BAD: Final = "bad"

type Row = Mapping[str, Any]


class Because(NamedTuple):
    """One reason in words; `sign`: good, bad or empty."""

    sign: str
    text: str


class Part(NamedTuple):
    """What a round gave: before, now, how much it weighs (text, may be empty), and whether it changed."""

    name: str
    before: str
    now: str
    weight: str
    changed: bool


def own_row(rows: Iterable[Row], keys: Collection[str]) -> Row | None:
    """The group's first row, by its own key or by the one that stands for it."""
    return next((row for row in rows if row["entry"] in keys and not row["line"]), None)


def parts(before: Row | None, now: Row, rounds: Mapping[str, str], weights: Mapping[str, Any]) -> list[Part]:
    """What each round of the board gave the group. `rounds`: key -> name, in order."""
    was = before["values"] if before else {}
    found = []
    for key, name in rounds.items():
        value, earlier = now["values"].get(key), was.get(key)
        if value is None and earlier is None:
            continue
        changed = before is not None and value != earlier
        found.append(Part(name, shown(earlier) if changed else "", shown(value), _weight(weights.get(key)), changed))
    return found


def _weight(weight: Any) -> str:
    if weight is None:
        return ""
    share = numbers.parse(weight) * 100
    return f"{numbers.text(share)} %" if share <= 100 else f"× {numbers.text(numbers.parse(weight))}"  # noqa: PLR2004 a hundred percent


def reasons(before: Sequence[Row], after: Sequence[Row], keys: Collection[str], rounds: Mapping[str, str]) -> list[Because]:
    """What changed for the group from one state to the next, the cause first, then who was passed."""
    was, now = own_row(before, keys), own_row(after, keys)
    if was is None or now is None:
        return []
    found = [*_rounds(was, now, rounds), *_score(was, now)]
    return found + _passed(before, after, was, now)


def _rounds(was: Row, now: Row, rounds: Mapping[str, str]) -> Iterable[Because]:
    for key, name in rounds.items():
        old, new = was["values"].get(key), now["values"].get(key)
        if old == new or new is None:
            continue
        if old is None:
            yield Because("", _("%(round)s was added: %(value)s.") % {"round": name, "value": shown(new)})
        else:
            words = _("%(round)s changed from %(old)s to %(new)s.") % {"round": name, "old": shown(old), "new": shown(new)}
            yield Because(_sign(old, new), words)


def _score(was: Row, now: Row) -> Iterable[Because]:
    if was["score"] != now["score"] and was["score"] and now["score"]:
        words = _("Our score went from %(old)s to %(new)s.") % {"old": shown(was["score"]), "new": shown(now["score"])}
        yield Because(_sign(was["score"], now["score"]), words)


def _sign(old: str, new: str) -> str:
    try:
        change = numbers.parse(new) - numbers.parse(old)
    except ValueError:
        return ""
    return GOOD if change > 0 else BAD if change < 0 else ""


def _passed(before: Sequence[Row], after: Sequence[Row], was: Row, now: Row) -> list[Because]:
    """Who is ahead now and was not, and the other way round; who came and who left. Within the group's bracket."""
    old = {row["entry"]: row for row in before if row["bracket"] == was["bracket"] and not row["line"] and row["place"]}
    new = {row["entry"]: row for row in after if row["bracket"] == now["bracket"] and not row["line"] and row["place"]}
    if not was["place"] or not now["place"]:
        return []
    others = [key for key in new if key in old and key not in {was["entry"], now["entry"]}]
    behind = [new[key]["name"] for key in others if old[key]["rank"] < was["rank"] and new[key]["rank"] > now["rank"]]
    ahead = [new[key]["name"] for key in others if old[key]["rank"] > was["rank"] and new[key]["rank"] < now["rank"]]
    came, left = [], []
    # Where somebody took the name off the board meanwhile, who came and who left would tell who it is.
    own = {was["entry"], now["entry"]}
    if {key for key in new if is_unnamed(key)} - own == {key for key in old if is_unnamed(key)} - own:
        came = [row["name"] for key, row in new.items() if key not in old and row["rank"] < now["rank"] and key != now["entry"]]
        left = [row["name"] for key, row in old.items() if key not in new and row["rank"] < was["rank"] and key != was["entry"]]
    found = []
    if behind:
        found.append(Because(GOOD, _("We passed %(names)s.") % {"names": listed(behind)}))
    if ahead:
        found.append(Because(BAD, _("%(names)s passed us.") % {"names": listed(ahead)}))
    if came:
        found.append(Because(BAD, _("New ahead of us: %(names)s.") % {"names": listed(came)}))
    if left:
        found.append(Because(GOOD, _("No longer ahead of us: %(names)s.") % {"names": listed(left)}))
    return found


def listed(names: Sequence[str]) -> str:
    """Ada, Ben, Cleo and 4 more."""
    first, rest = ", ".join(names[:NAMED]), len(names) - NAMED
    if rest <= 0:
        return first
    return ngettext("%(names)s and %(rest)d more", "%(names)s and %(rest)d more", rest) % {"names": first, "rest": rest}


def near(rows: Sequence[Row], own: Row, keys: Collection[str]) -> list[dict[str, Any]]:
    """The group and its neighbours on the board, each with its distance to the group in points."""
    inside = [row for row in rows if row["bracket"] == own["bracket"] and abs(row["rank"] - own["rank"]) <= REACH]
    return [
        {
            "place": row["place"],
            "name": row["name"],
            "score": row["score"],
            "own": row["entry"] in keys,
            "key": "" if is_unnamed(row["entry"]) else row["entry"],
            "gap": "" if row["entry"] in keys else gap(row["score"], own["score"]),
        }
        for row in inside
    ]


def gap(theirs: str, ours: str) -> str:
    """How far another score is from ours, with its sign; empty where one is missing."""
    try:
        distance: Fraction = numbers.parse(theirs) - numbers.parse(ours)
    except ValueError:
        return ""
    text = shown(numbers.text(abs(distance)))
    return "±0" if not distance else f"+{text}" if distance > 0 else f"−{text}"


def moved(was: Row | None, now: Row) -> int | str | None:
    """Places won or lost since the state before; "new" for who was not on the board."""
    if was is None:
        return "new"
    return movement(now["place"], was["place"])
