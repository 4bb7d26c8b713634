"""Who came, who stayed: from the registration to a place in the results, and round by round."""

from datetime import timedelta
from typing import Any, Final

from django.db.models import Count, ExpressionWrapper, F, OuterRef, Q, Subquery
from django.db.models import DateTimeField as DateTime

from games.cycles.models import Cycle
from games.groups.models import Group, Membership, Registration
from games.groups.rules import GroupState, RegistrationState
from games.ideas.models import Idea
from games.learning.models import ChangeTest
from games.results.queries.reach import participation_of, reach_of
from games.rounds.models import Extension, Round
from games.submissions.models import Attempt, Submission
from games.submissions.rules import COUNTS
from leaderboards.models import Board
from leaderboards.queries import latest
from leaderboards.slices import looked_through

LATE: Final = timedelta(hours=24)


def people(cycle: Cycle) -> dict[str, Any]:
    """The funnel, widest first, as [{key, count}] of teams; and people. Ten statements."""
    reach = reach_of(cycle)
    groups: dict[str, int] = Group.objects.filter(cycle=cycle).aggregate(
        all=Count("pk"), withdrawn=Count("pk", filter=Q(state=GroupState.WITHDRAWN.value))
    )
    door: dict[str, int] = Registration.objects.filter(group__cycle=cycle).aggregate(
        asked=Count("pk"), accepted=Count("pk", filter=Q(state=RegistrationState.ACCEPTED.value))
    )
    invited: dict[str, int] = Membership.objects.filter(cycle=cycle, group__isnull=False).aggregate(
        people=Count("person", distinct=True), claimed=Count("person", distinct=True, filter=Q(person__user__isnull=False))
    )
    entered, last = _entered(cycle)
    funnel = [
        ("registered", max(door["asked"], groups["all"])),
        ("accepted", max(door["accepted"], reach.groups) if door["asked"] else groups["all"]),
        ("entered", len(entered)),
        ("last_round", len(last)),
    ]
    placed = _placed(cycle)
    funnel += [("placed", placed)] if placed else []
    return {
        "funnel": [{"key": key, "count": count} for key, count in funnel],
        "teams": reach.groups,
        "organizations": reach.organizations,
        "withdrawn": groups["withdrawn"],
        "people": invited["people"],
        "claimed": invited["claimed"],
        "judges": reach.judges,
        "sharing": Idea.objects.filter(cycle=cycle, group__isnull=False).values("group").distinct().count(),
        "testing": ChangeTest.objects.filter(cycle=cycle).values("group").distinct().count(),
    }


def _entered(cycle: Cycle) -> tuple[set[int], set[int]]:
    """Groups that handed something in or tried, in any round and in the last one. Two statements."""
    counts = [one.value for one in COUNTS]
    entries = Submission.objects.filter(challenge__round__cycle=cycle, state__in=counts)
    tried = Attempt.objects.filter(challenge__round__cycle=cycle)
    rows = {
        *entries.values_list("group_id", "challenge__round__number").distinct(),
        *tried.values_list("group_id", "challenge__round__number").distinct(),
    }
    last = Round.objects.filter(cycle=cycle).count()
    return {group for group, _ in rows}, {group for group, number in rows if number == last}


def _placed(cycle: Cycle) -> int:
    """Rows with a place on the main board as it was published last."""
    board = Board.objects.filter(scope=cycle.pk, number=1).first()
    if board is None:
        return 0
    last = latest(board, rows=False)
    if last is None:
        return 0
    with looked_through([last.pk], "entry", "place") as rows:
        return len({entry for _, _, entry, place in rows if place})


def rounds(cycle: Cycle) -> list[dict[str, Any]]:
    """Round by round: who could enter, who did, how many in the last day, who had more time. Four statements."""
    active = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).count()
    more: dict[str, int] = dict(
        Extension.objects.filter(round__cycle=cycle)
        .order_by()
        .values_list("round__key")
        .annotate(number=Count("group", distinct=True))
    )
    late = _late(cycle)
    return [
        {
            "key": one.round,
            "name": one.name,
            "field": one.field,
            "active": one.active,
            "entries": one.entries,
            "attempts": one.attempts,
            "sheets": one.sheets,
            "late": late.get(one.round, 0),
            "extended": more.get(one.round, 0),
        }
        for one in participation_of(cycle, active)
    ]


def _late(cycle: Cycle) -> dict[str, int]:
    """Round → entries whose first version came within the last day before it closed. One statement."""
    ends = ExpressionWrapper(F("challenge__round__closes_at") - LATE, output_field=DateTime())
    first = Subquery(Submission.objects.filter(pk=OuterRef("pk")).values("versions__at").order_by("versions__number")[:1])
    rows = Submission.objects.filter(
        challenge__round__cycle=cycle, state__in=[one.value for one in COUNTS], challenge__round__closes_at__isnull=False
    ).annotate(first=first, ends=ends)
    late = rows.filter(first__gte=F("ends")).order_by().values_list("challenge__round__key")
    return dict(late.annotate(number=Count("pk")))
