"""A group's work in a cycle at one glance: the rounds as they are for this group, tries apart from hints."""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from games.challenges.models import Challenge
from games.cycles.models import Decision
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.rounds.models import Entrant, Extension, Round
from games.rounds.queries import rounds_of
from games.submissions.models import Attempt
from games.submissions.queries.standing import attempts_of
from games.submissions.rules.answers import HINT, SPECIAL

LEAVES = [DecisionKind.STOP.value, DecisionKind.WITHDRAW.value, DecisionKind.DISQUALIFY.value]


def rounds_for(group: Group, now: datetime) -> QuerySet[Round]:
    """The rounds of the group's cycle with `state` and `ends_at`, and for this group `until` (its own extension), `entered` (it is on
    the list of a round behind a cut), `left` (a decision took it out, here or before). One statement.
    """
    until_here = Round.objects.filter(
        cycle_id=OuterRef("cycle_id"), key=OuterRef("round"), number__lte=OuterRef(OuterRef("number"))
    )
    decided = Decision.objects.filter(
        Q(round="") | Exists(until_here), cycle_id=OuterRef("cycle_id"), kind__in=LEAVES, group=group.key, revoked_at__isnull=True
    )
    mine = {"round": OuterRef("pk"), "group": group}
    columns = {
        "until": Subquery(Extension.objects.filter(**mine).values("until")[:1]),
        "entered": Exists(Entrant.objects.filter(**mine)),
        "left": Exists(decided),
    }
    return rounds_of(group.cycle, now).annotate(**columns)


def tries_of(challenge: Challenge, group: Group) -> QuerySet[Attempt]:
    """What the group tried, in order: hints taken, and what was taken off or set anew, are no tries."""
    return attempts_of(challenge, group).exclude(verdict__in=SPECIAL)


def hints_taken(challenge: Challenge, group: Group) -> set[str]:
    """Keys of the hints that the group has."""
    return set(attempts_of(challenge, group).filter(verdict=HINT).values_list("answer", flat=True))
