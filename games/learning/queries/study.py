"""Reads of the study between two rounds: when it is, who reads what, who has read and committed, what comes back in the next round."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Count, Q, QuerySet

from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.learning.models import Reading, Taken
from games.learning.rules.study import StudyState, study_state
from games.playbooks.schema import Design
from games.rounds.models import Round


@dataclass(frozen=True, slots=True)
class Study:
    """The study after a round. `reads`: works that each group is given."""

    round: Round
    begins: datetime
    ends: datetime
    reads: int

    def state(self, now: datetime) -> StudyState:
        """Whether it is on."""
        return study_state(self.begins, self.ends, now)


def asks_to_study(design: Design) -> bool:
    """Whether these rules have a study between two rounds."""
    return any(one.study for one in design.rounds)


def studies_in(cycle: Cycle) -> list[Study]:
    """The studies of a cycle in order of time. One statement, or none."""
    planned = {one.key: one.study for one in design_of(cycle).rounds if one.study is not None}
    rows = Round.objects.filter(cycle=cycle, key__in=planned).select_related("cycle").order_by("number") if planned else ()
    return [Study(one, planned[one.key].begins, planned[one.key].ends, planned[one.key].reads) for one in rows]


def study_after(round_: Round) -> Study | None:
    """The study after this round, if there is one. No statement where the rules are known."""
    rules = design_of(round_.cycle).round(round_.key)
    study = rules.study if rules is not None else None
    return Study(round_, study.begins, study.ends, study.reads) if study is not None else None


def readings_of(group: Group) -> QuerySet[Reading]:
    """What the group was given to read, the newest study first."""
    rows = Reading.objects.filter(group=group).select_related(
        "round", "submission__group", "submission__challenge__round__cycle", "submission__pinned", "idea__group", "idea__cycle"
    )
    return rows.order_by("-round__number", "pk")


def taken_of(group: Group) -> QuerySet[Taken]:
    """What the group took, the newest first, with what it was taken from and the tests that came of it."""
    rows = Taken.objects.filter(group=group).select_related("cycle", "round", "reading__idea", "reading__submission__group")
    return rows.prefetch_related("change_tests").order_by("-number")


def hypotheses_in(round_: Round, group: int) -> list[Taken]:
    """What the group took from the study before this round: now it is tried. No statement where there was none."""
    rules = list(design_of(round_.cycle).rounds)
    before = next((one for one, after in pairwise(rules) if after.key == round_.key), None)
    if before is None or before.study is None:
        return []
    return list(Taken.objects.filter(cycle=round_.cycle_id, round__key=before.key, group=group).order_by("number"))


@dataclass(frozen=True, slots=True)
class Studied:
    """How far a group is: works given and read, commitments made, and how many of these were tested."""

    group: Group
    given: int
    read: int
    taken: int
    tested: int


def studied_in(round_: Round, groups: Collection[Group]) -> list[Studied]:
    """How far each of these groups is with the study after this round. Two statements."""
    read = Count("pk", filter=Q(read_at__isnull=False))
    given = Reading.objects.filter(round=round_).order_by().values("group").annotate(given=Count("pk"), read=read)
    found = {group: (all_, done) for group, all_, done in given.values_list("group", "given", "read")}
    tested = Count("pk", filter=Q(change_tests__isnull=False), distinct=True)
    held = Taken.objects.filter(round=round_).order_by().values("group").annotate(taken=Count("pk", distinct=True), tested=tested)
    took = {group: (all_, done) for group, all_, done in held.values_list("group", "taken", "tested")}
    return [Studied(one, *found.get(one.pk, (0, 0)), *took.get(one.pk, (0, 0))) for one in groups]
