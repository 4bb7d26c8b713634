"""What is next for whoever is signed in, over all their cycles: two statements, however many there are."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

from django.db.models import Count, Exists, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.cycles.rules import CycleState
from games.groups.models import Group, Registration
from games.groups.rules import GroupState, RegistrationState
from games.judging.models import Sheet
from games.judging.queries import judgeable
from games.judging.queries.pairs import seats_of
from games.judging.rules import OPEN_SHEETS
from games.permissions import Access
from games.playbooks.rules import Capability
from games.rounds.models import Entrant, Extension, Round
from games.rounds.queries import with_state
from games.submissions.models import Submission
from games.submissions.queries import counting

OVER: Final = (CycleState.CLOSED.value, CycleState.CANCELLED.value)
MOST: Final = 200  # rounds looked at: somebody in more cycles than that has their desk
FAR: Final = datetime(9999, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """Something to do: where, what, by when. `weight` orders what has no end: less comes first."""

    cycle: str
    title: str
    text: str
    url: str
    action: str
    until: datetime | None = None
    weight: int = 1

    @property
    def order(self) -> tuple[int, datetime]:
        """What is due comes first, the nearest end before the others."""
        return (self.weight, self.until or FAR)


def own_steps(access: Access) -> list[Step]:
    """The next step in each cycle that is not over, the most urgent first. Nothing for visitors."""
    if not access.member_of:
        return []
    rounds: dict[int, list[Any]] = {}
    for one in _rounds(access):
        rounds.setdefault(one.cycle_id, []).append(one)
    teams: dict[int, list[Group]] = {}
    if access.groups:
        for group in Group.objects.filter(pk__in=access.groups_with()).order_by("pk"):
            teams.setdefault(group.cycle_id, []).append(group)
    found = [step for cycle_id, rows in rounds.items() for step in _steps(access, rows, teams.get(cycle_id, []))]
    return sorted(found, key=lambda one: one.order)


def _rounds(access: Access) -> QuerySet[Any]:
    """The rounds of one's cycles, each with all that decides about it for this person."""
    mine, own = access.groups_with(), Round.objects.filter(cycle__in=sorted(access.member_of)).exclude(cycle__state__in=OVER)
    here = {"round": OuterRef("pk"), "group__in": mine}
    entries = counting(Submission.objects.filter(challenge__round=OuterRef("pk"), group__in=mine))
    sheets = judgeable(
        Sheet.objects.filter(
            challenge__round=OuterRef("pk"), judge__in=sorted(access.persons), state__in=[one.value for one in OPEN_SHEETS]
        )
    )
    asked = Registration.objects.filter(group__cycle=OuterRef("cycle"), state=RegistrationState.PENDING.value)
    columns: dict[str, Any] = {
        "until": Subquery(Extension.objects.filter(**here).order_by("-until").values("until")[:1]),
        "entered": Exists(Entrant.objects.filter(**here)),
        "cut": Exists(Entrant.objects.filter(round=OuterRef("pk"))),
        "handed_in": Exists(entries),
        "to_mark": _counted(sheets, "challenge__round"),
        "asked": _counted(asked, "group__cycle"),
        "seat": Subquery(seats_of(access.persons).filter(challenge__round=OuterRef("pk")).values("pk")[:1]),
    }
    return with_state(own, access.now).annotate(**columns).select_related("cycle").order_by("cycle", "number")[:MOST]


def _counted(rows: QuerySet[Any], by: str) -> Coalesce:
    counts = rows.order_by().values(by).annotate(count=Count("pk", distinct=True)).values("count")
    return Coalesce(Subquery(counts, output_field=IntegerField()), 0)


def _steps(access: Access, rounds: list[Any], teams: list[Group]) -> Iterable[Step]:
    cycle: Cycle = rounds[0].cycle
    held = access.cycles.get(cycle.pk, frozenset())
    if Capability.ORGANIZE in held:
        yield _organizer(cycle, rounds, access)
    if Capability.JUDGE in held and any(one.to_mark for one in rounds):
        yield _judge(cycle, [one for one in rounds if one.to_mark])
    for one in rounds:
        if Capability.JUDGE in held and one.seat and one.state != "planned":
            yield _pairs(cycle, one)
    for team in teams:
        yield _team(cycle, rounds, team, access)
    if held == {Capability.FOLLOW} and cycle.state != CycleState.DRAFT.value:
        yield Step(
            cycle.name, _("You follow this cycle"), "", reverse("sponsor-desk", args=[cycle.key]), _("How it goes"), weight=4
        )


def _organizer(cycle: Cycle, rounds: list[Any], access: Access) -> Step:
    url, action = reverse("cycle-desk", args=[cycle.key]), _("To the desk")
    asked = rounds[0].asked
    if cycle.state == CycleState.DRAFT.value:
        return Step(cycle.name, _("A draft, not launched yet"), "", url, action, weight=2)
    if asked:
        words = ngettext("%(count)d registration waits for your word", "%(count)d registrations wait for your word", asked)
        return Step(cycle.name, words % {"count": asked}, "", url, action, weight=0)
    late = next((one for one in rounds if one.state == "locked" and not one.published_at), None)
    if late is not None:
        title = _("%(round)s is being judged") % {"round": late.name}
        return Step(cycle.name, title, _("Who is behind, and what to publish."), url, action, late.judging_closes_at, 1)
    open_ = next((one for one in rounds if one.state == "open"), None)
    if open_ is not None:
        return Step(cycle.name, _("%(round)s is open") % {"round": open_.name}, "", url, action, open_.ends_at, 2)
    return Step(cycle.name, _("You organize this cycle"), "", url, action, _opens_next(rounds, access.now), 3)


def _judge(cycle: Cycle, rounds: list[Any]) -> Step:
    ready = [one for one in rounds if one.state in {"locked", "closed"} or (one.state == "open" and _live(cycle, one))]
    count = sum(one.to_mark for one in ready)
    if not ready:
        later, count = min(rounds, key=lambda one: one.ends_at or FAR), sum(one.to_mark for one in rounds)
        words = ngettext("%(count)d sheet to mark once entries are in", "%(count)d sheets to mark once entries are in", count)
        return Step(cycle.name, words % {"count": count}, later.name, reverse("queue"), _("To my sheets"), later.ends_at, 2)
    title = ngettext("%(count)d sheet waits for your marks", "%(count)d sheets wait for your marks", count) % {"count": count}
    ends = [one.judging_closes_at for one in ready if one.judging_closes_at]
    return Step(cycle.name, title, "", reverse("queue"), _("To my sheets"), min(ends, default=None), 0)


def _pairs(cycle: Cycle, round_: Any) -> Step:
    title, url = _("Say which is better, two at a time: %(round)s") % {"round": round_.name}, reverse("pairs", args=[round_.seat])
    return Step(cycle.name, title, "", url, _("A or B"), round_.judging_closes_at, 1)


def _live(cycle: Cycle, round_: Any) -> bool:
    """Whether the round is marked as it happens: nothing is handed in."""
    return not any(one.form for one in design_of(cycle, round_.design_number).challenges if one.in_round(round_.key))


def _team(cycle: Cycle, rounds: list[Any], team: Group, access: Access) -> Step:
    home, action = reverse("team", args=[cycle.key, team.key]), _("To the team")
    if team.state == GroupState.PENDING.value:
        return Step(cycle.name, _("The registration of %(team)s is not settled yet") % {"team": team.name}, "", home, action)
    ours = [one for one in rounds if one.state == "open" or (one.until and one.until > access.now and one.state == "locked")]
    ours = [one for one in ours if one.entered or not one.cut]
    if not ours:
        return Step(
            cycle.name, _("You play in %(team)s") % {"team": team.name}, "", home, action, _opens_next(rounds, access.now), 3
        )
    now_on = next((one for one in ours if not one.handed_in), ours[0])
    url = reverse("round", args=[cycle.key, now_on.key])
    ends = [one for one in (now_on.ends_at, now_on.until) if one]
    until = max(ends, default=None)
    if now_on.handed_in:
        title = _("%(team)s is in: %(round)s") % {"team": team.name, "round": now_on.name}
        return Step(cycle.name, title, _("You may hand in again until the end."), url, _("To the challenges"), until, 2)
    title = _("%(round)s is open for %(team)s") % {"round": now_on.name, "team": team.name}
    return Step(cycle.name, title, _("Nothing is handed in yet."), url, _("To the challenges"), until, 0)


def _opens_next(rounds: list[Any], now: datetime) -> datetime | None:
    return min((one.opens_at for one in rounds if one.state == "planned" and one.opens_at and one.opens_at > now), default=None)
