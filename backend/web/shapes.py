"""Rows of the game in the shapes that the components take: badges, stops of the timeline, cards, crumbs."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time
from fractions import Fraction
from typing import Any, Final

from django.urls import reverse
from django.utils.text import Truncator
from django.utils.timezone import get_default_timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from backend.templatetags.ludus import SHOWN_DECIMALS
from backend.web.geometry import Meter, meter
from games.cycles.models import Cycle, Series
from games.cycles.rules import CycleState
from games.groups.models import Group
from games.groups.queries import public_key
from games.groups.rules import UNNAMED, is_unnamed
from games.learning.models import Observation
from games.learning.rules import number_of
from games.playbooks.schema import Design
from games.recognition.models import Grant, GrantPass
from games.rounds.models import Round
from games.rounds.rules import RoundState
from leaderboards.engine import numbers
from leaderboards.engine.spec import AwardSpec

CYCLE_BADGES: Final = {
    CycleState.DRAFT: ("planned", gettext_lazy("draft")),
    CycleState.ENROLLING: ("open", gettext_lazy("open to join")),
    CycleState.RUNNING: ("open", gettext_lazy("running")),
    CycleState.PAUSED: ("locked", gettext_lazy("paused")),
    CycleState.AWARDING: ("judging", gettext_lazy("awards being given")),
    CycleState.CLOSED: ("closed", gettext_lazy("closed")),
    CycleState.CANCELLED: ("alert", gettext_lazy("cancelled")),
}
ROUND_BADGES: Final = {
    RoundState.PLANNED: ("planned", gettext_lazy("opens later")),
    RoundState.OPEN: ("open", gettext_lazy("open for entries")),
    RoundState.LOCKED: ("judging", gettext_lazy("judges at work")),
    RoundState.CLOSED: ("closed", gettext_lazy("closed")),
}
PUBLISHED: Final = ("published", gettext_lazy("results published"))
CENTS: Final = 100
READ_DECIMALS: Final = 2


def badge(pair: tuple[str, Any]) -> dict[str, Any]:
    """A state and its word, as the badge takes them."""
    return {"state": pair[0], "label": pair[1]}


def cycle_badge(cycle: Cycle) -> dict[str, Any]:
    """The state of a cycle."""
    return badge(CYCLE_BADGES[CycleState(cycle.state)])


def round_badge(round_: Round) -> dict[str, Any]:
    """The state of a round (annotated with `state`), published or not."""
    return badge(PUBLISHED if round_.published_at else ROUND_BADGES[RoundState(round_.state)])


def cycle_url(cycle: Cycle) -> str:
    """The page of a cycle."""
    return reverse("cycle", args=[cycle.key])


def crumbs(*pairs: tuple[str, str] | str) -> list[dict[str, str]]:
    """The way to this page: (label, address) each, the page itself as a label."""
    return [{"label": one} if isinstance(one, str) else {"label": one[0], "url": one[1]} for one in pairs]


def stops(cycle: Cycle, rounds: Sequence[Round]) -> list[dict[str, Any]]:
    """The rounds of a cycle on its timeline; we are at the first one that is open, else at the first that is judged."""
    going = sorted((one for one in rounds if not one.published_at and one.state in {"open", "locked"}), key=_not_open)
    here = going[0].pk if going else None
    return [
        {
            "name": one.name,
            "state": (shown := round_badge(one))["state"],
            "state_label": shown["label"],
            "opens": one.opens_at if cycle.imported else one.opened_at or one.opens_at,
            "closes": one.ends_at,
            "now": one.pk == here,
            "url": reverse("round", args=[cycle.key, one.key]),
        }
        for one in rounds
    ]


def _not_open(round_: Round) -> bool:
    return round_.state != "open"


def series_name(series: Series) -> str:
    """A series' name; one that was only given a key is called by it, in words."""
    return series.name if series.name != series.key else series.key.replace("-", " ").capitalize()


def next_deadline(rounds: Iterable[Round], now: datetime) -> tuple[Round, datetime, str] | None:
    """The next moment at which something opens or ends: round, moment, words."""
    found = [(one, one.ends_at, _("Entries close in")) for one in rounds if one.state == "open" and one.ends_at]
    found += [
        (one, one.opens_at, _("Opens in")) for one in rounds if one.state == "planned" and one.opens_at and one.opens_at > now
    ]
    return min(found, key=lambda one: one[1], default=None)


def organizer(cycle: Cycle) -> str:
    """Who organizes a cycle; nothing where an import made an organization of the cycle's own name."""
    name = cycle.organization.name if cycle.organization else ""
    return "" if name == cycle.name else name


def cycle_card(cycle: Cycle, *, groups: int, rounds: Sequence[Round] = (), first: str = "") -> dict[str, Any]:
    """A cycle as a card. `first`: who stands first, in words."""
    teams = ngettext("%(count)d team", "%(count)d teams", groups) % {"count": groups}
    over = sum(1 for one in rounds if one.published_at)
    if 0 < over < len(rounds):
        played = _("%(over)d of %(all)d rounds published") % {"over": over, "all": len(rounds)}
    else:
        played = ngettext("%(count)d round", "%(count)d rounds", len(rounds)) % {"count": len(rounds)} if rounds else ""
    return {
        "title": cycle.name,
        "url": cycle_url(cycle),
        "eyebrow": series_name(cycle.series) if cycle.series else organizer(cycle),
        "text": Truncator(cycle.summary).chars(180),
        "badge": cycle_badge(cycle),
        "foot": first or ", ".join(one for one in (teams, played) if one),
    }


def moment(value: date | datetime | None) -> datetime | None:
    """A day as the moment at which it begins."""
    if value is None or isinstance(value, datetime):
        return value
    return datetime.combine(value, time(), tzinfo=get_default_timezone())


def aim_meter(design: Design, latest: Observation | None = None) -> Meter | None:
    """The aim as a bar, at its newest measured value; nothing if it was waived. Until something is measured it stands where it began."""
    aim = design.aim
    if not aim.measure or aim.baseline is None or aim.target is None:
        return None
    now = aim.baseline if latest is None else number_of(latest.value)
    return meter(aim.measure, baseline=aim.baseline, now=now, target=aim.target, unit=aim.unit)


def money(cents: int | None, currency: str) -> str:
    """12,000 EUR, 12,000.50 EUR; nothing for no money."""
    if not cents:
        return ""
    part = f".{cents % CENTS:02}" if cents % CENTS else ""
    return f"{cents // CENTS:,}{part} {currency}".rstrip()


def awards(cycle: Cycle, design: Design, grants: Iterable[Grant], passes: Iterable[GrantPass] = ()) -> list[dict[str, Any]]:
    """The awards in the order of the rules, each with who won it, and whom it passed by; awards that nobody has yet say so."""
    won: dict[str, list[Grant]] = {}
    for one in grants:
        won.setdefault(one.award, []).append(one)
    for rows in won.values():
        rows.sort(key=lambda row: (place_order(row.place), row.pk))
    passed: dict[str, list[GrantPass]] = {}
    for by in passes:
        passed.setdefault(by.award, []).append(by)
    return [
        _award(cycle, one, won.get(one.key, []), design.cycle.currency)
        | {"passed": [{"name": by.group.name, "place": by.place} for by in passed.get(one.key, [])]}
        for one in design.awards
    ]


def place_order(place: str) -> Fraction:
    """A place as text in order, what has none last."""
    return numbers.parse(place) if place else Fraction(10**9)


def unnamed_group(group: Group) -> Group:
    """What stands for a group that keeps its name to itself, where everybody reads."""
    return Group(cycle_id=group.cycle_id, key=public_key(group), name=UNNAMED)


def _award(cycle: Cycle, spec: AwardSpec, grants: list[Grant], currency: str) -> dict[str, Any]:
    places = spec.places
    single = places[0] if places and places[0] == places[1] else 0
    amounts = [money(cents, currency) for cents in spec.amounts or ((spec.pool,) if spec.pool else ())]
    return {
        "rank": single if single in {1, 2, 3} else "",
        "title": spec.title,
        "open": cycle.state not in {CycleState.CLOSED, CycleState.CANCELLED},
        "prize": "" if grants else " · ".join(amounts),
        "winners": [
            {
                "name": one.group.name if one.group else _("not given"),
                "url": reverse("group", args=[cycle.key, one.group.key]) if one.group and not is_unnamed(one.group.key) else "",
                "under": money(one.amount_cents, one.currency),
                "proof": getattr(one, "shown_proof", None),
            }
            for one in grants
        ],
    }


def decimals_in(texts: Iterable[Any]) -> int:
    """How many decimals a column needs so that its points stand below each other.

    What never ends (275/3) is read with two; with four where two would make different values look alike.
    """
    found = {one for one in texts if isinstance(one, str)}
    most = max((len(one.partition(".")[2]) for one in found), default=0)
    endless = {one for one in found if "/" in one}
    if not endless:
        return most
    most = max(most, READ_DECIMALS)
    told = {numbers.fixed(numbers.parse(one), most) for one in endless}
    return most if len(told) == len(endless) else max(most, SHOWN_DECIMALS)
