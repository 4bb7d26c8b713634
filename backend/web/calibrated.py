"""How the judges of a panel differ on their anchors, as pages show it: a strip of dots for each criterion, and words for each judge."""

from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from typing import Any, Final

from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.api.permissions import access_of
from backend.web.geometry.strip import Given, strip
from backend.web.paging import kept, page_of
from games.judging.models import Calibration
from games.judging.queries.calibrating import OnAnchor, OnCriterion, Standing, leaning
from games.judging.queries.others import Who
from games.submissions.queries import eyes, label_of
from leaderboards.engine.numbers import text

ANCHORS: Final = 6
JUDGES: Final = 24
"""So many stand on a page."""
FAR: Final = Fraction(2, 5)
"""From this share of the scale on, two marks are far apart."""
NEAR: Final = Fraction(1, 40)
"""Below this share of the scale, nobody needs to be told."""
STATES: Final = {
    "marking": ("open", gettext_lazy("marking anchors")),
    "discussing": ("judging", gettext_lazy("talking")),
    "done": ("published", gettext_lazy("calibrated")),
}


def badge_of(calibration: Calibration) -> dict[str, Any]:
    """The state as a badge."""
    state, label = STATES[calibration.state]
    return {"state": state, "label": label}


def steps_of(calibration: Calibration) -> list[dict[str, Any]]:
    """The three steps with the one that is now."""
    at = list(STATES).index(calibration.state)
    words = (_("Everybody marks the anchors"), _("You see how you differ, and talk"), _("All entries are open"))
    done = calibration.state == "done"
    return [{"words": one, "now": number == at, "over": number < at or done} for number, one in enumerate(words)]


def called(who: Who, *, me: bool = False) -> str:
    """How a judge is called on a page."""
    if me:
        return _("You")
    return who.name if who.name is not None else _("Judge %(number)d") % {"number": who.number}


def paged(request: HttpRequest, lists: Mapping[str, tuple[Sequence[Any], int]]) -> dict[str, dict[str, Any]]:
    """By name a page of each of these lists of a calibration's page, so many rows each, as {page, kept}."""
    return {
        name: {"page": page_of(request, rows, size, name=name), "kept": kept(request, name)}
        for name, (rows, size) in lists.items()
    }


def legend(judges: Mapping[int, Who], mine: Collection[int], anchors: Collection[OnAnchor]) -> list[dict[str, Any]]:
    """Who is who by number, with how each leans, as far as that can be said."""
    found = []
    for pk, who in sorted(judges.items(), key=lambda pair: pair[1].number):
        me = pk in mine
        found.append({"number": who.number, "name": called(who, me=me), "me": me, "leans": leans(leaning(pk, anchors))})
    return found


def leans(share: Fraction | None) -> str:
    """How far above or below the others somebody marks, kindly; empty where there is nothing to say."""
    if share is None:
        return ""
    if abs(share) < NEAR:
        return _("as high as the others")
    words = (
        _("%(percent)d %% of the scale higher than the others")
        if share > 0
        else _("%(percent)d %% of the scale lower than the others")
    )
    return words % {"percent": round(abs(share) * 100)}


def anchor_shown(request: HttpRequest, calibration: Calibration, one: OnAnchor, judges: Mapping[int, Who]) -> dict[str, Any]:
    """An anchor with its strips, under the name that whoever looks may know."""
    round_, group = calibration.challenge.round, one.anchor.group
    access = access_of(request)
    mine = access.persons
    comments = [
        {"name": called(judges[pk], me=pk in mine), "text": words}
        for pk, words in sorted(one.comments.items(), key=lambda pair: judges[pair[0]].number)
        if one.shown
    ]
    return {
        "label": label_of(eyes(access, round_, group.pk), round_, group, one.anchor.ordinal),
        "group": group,
        "own": one.own,
        "shown": one.shown,
        "criteria": [_criterion(each, judges, mine, one.revising) for each in one.criteria if each.apart is not None],
        "comments": comments,
        "revising": [called(judges[pk], me=pk in mine) for pk in sorted(one.revising)],
    }


def _criterion(one: OnCriterion, judges: Mapping[int, Who], mine: Collection[int], revising: Collection[int]) -> dict[str, Any]:
    assert one.apart is not None  # as its caller chose
    criterion, apart = one.criterion, one.apart
    low = criterion.min if criterion.min is not None else apart.low
    high = criterion.max if criterion.max is not None else apart.high
    marks = [
        Given(str(judges[pk].number), f"{called(judges[pk], me=pk in mine)}: {text(value)}", value, pk in mine)
        for pk, value in apart.marks.items()
    ]
    several = len(marks) > 1
    far = several and high > low and apart.range / (high - low) >= FAR
    return {
        "name": criterion.title,
        "low": text(low),
        "high": text(high),
        "strip": strip(marks, low, high, step=criterion.step),
        "range": _range(apart.low, apart.high) if several else "",
        "far": far,
        "share": apart.range / (high - low) if several and high > low else Fraction(0),
        "open": bool(set(apart.marks) & set(revising)),
    }


def _range(low: Fraction, high: Fraction) -> str:
    if low == high:
        return _("all at %(value)s") % {"value": text(low)}
    return _("%(low)s to %(high)s, %(range)s apart") % {"low": text(low), "high": text(high), "range": text(high - low)}


def farthest(anchors: Collection[Mapping[str, Any]]) -> list[str]:
    """Where the panel differs most, in words: at most three places, only those that are far apart."""
    places = [(one["share"], anchor["label"], one) for anchor in anchors for one in anchor["criteria"] if one["far"]]
    places.sort(key=lambda place: (-place[0], place[1], place[2]["name"]))
    return [
        _("%(criterion)s on %(entry)s: %(range)s") % {"criterion": one["name"], "entry": label, "range": one["range"]}
        for _share, label, one in places[:3]
    ]


def progress_words(standings: Collection[Standing]) -> str:
    """How far the panel is."""
    ready, all_ = sum(1 for one in standings if not one.left), len(standings)
    return ngettext(
        "%(ready)d of %(all)d judge has marked every anchor.", "%(ready)d of %(all)d judges have marked every anchor.", all_
    ) % {"ready": ready, "all": all_}
