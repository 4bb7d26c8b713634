"""One judge more for one entry: who could read it, the best first, with what speaks for them; and who was asked already."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from games.challenges.models import Challenge
from games.groups.models import Group
from games.judging.conflicts import barred
from games.judging.models import AssignmentPlan, Sheet
from games.judging.planning import About, Facts, Pair, facts_of
from games.judging.queries import judges_in
from games.judging.rules import PlanState, SheetState
from games.judging.rules.plans import Aim, Asked
from games.organizations.models import Person

DROPPED = PlanState.DROPPED.value


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who could read an entry besides those who have it.

    `sheets`: how many they have on the panel, `limit` at most. `knows`: topics of the entry that they know well. `reads`: whether they
    read its language. `seated`: whether they are on the panel; nobody else is named as long as somebody on it is free.
    """

    person: Person
    sheets: int
    limit: int | None = None
    knows: tuple[str, ...] = ()
    reads: bool = True
    seated: bool = True

    @property
    def order(self) -> tuple[bool, int, int, str]:
        """Who reads its language, knows most about it, has least."""
        return (not self.reads, -len(self.knows), self.sheets, self.person.name.casefold())


def readers_of(facts: Facts, group: Group) -> list[Reader]:
    """Who could read the entry: no conflict, not their own group, not given back, not full. The best first.

    No statement while somebody on the panel is free, else three.
    """
    about = facts.about.get(group.pk, About())
    loads = Counter(judge for _, judge in (*facts.kept, *facts.take))
    found = [
        Reader(
            seat.person,
            loads[seat.person_id],
            seat.max_load,
            tuple(one for one in about.topics if one in seat.topics),
            reads=not (about.language and seat.languages) or about.language in seat.languages,
        )
        for seat in facts.seats
        if _free(facts, (group.pk, seat.person_id)) and (seat.max_load is None or loads[seat.person_id] < seat.max_load)
    ]
    return sorted(found or _beside(facts, group), key=lambda one: one.order)


def _free(facts: Facts, pair: Pair) -> bool:
    return pair not in facts.kept and pair not in facts.take and pair not in facts.given_back and pair not in facts.bars


def _beside(facts: Facts, group: Group) -> list[Reader]:
    """Judges of the cycle who are not on the panel, and never left it; nobody beside a panel of peers."""
    if facts.teams:
        return []
    there = {one.person_id for one in (*facts.seats, *facts.gone)}
    ids = judges_in(facts.challenge.round.cycle_id).exclude(person__in=there).values("person_id")
    people = list(Person.objects.filter(pk__in=ids).order_by("name", "pk"))
    bars = barred([group.pk], people) if people else {}
    return [Reader(one, 0, seated=False) for one in people if (group.pk, one.pk) not in bars]


def readers_for(challenge: Challenge, panel: str, group: Group) -> list[Reader]:
    """The same, read from the database."""
    return readers_of(facts_of(challenge, panel), group)


# --- Who was asked ------------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Third:
    """A further judge asked for an entry. `state`: of the plan; `judge` and `sheet` once they are found; `answered`: the sheet is final."""

    plan: AssignmentPlan
    judge: Person | None = None
    sheet: int | None = None
    answered: bool = False
    back: bool = False


def thirds_in(challenges: Iterable[int]) -> dict[tuple[int, str, int], Third]:
    """(task, panel, group) → the last further judge who was asked, in these tasks. Three statements, two where nobody was asked."""
    rows = AssignmentPlan.objects.filter(challenge__in=list(challenges), asked__aim=Aim.THIRD.value).exclude(state=DROPPED)
    last: dict[tuple[int, str, int], AssignmentPlan] = {}
    for one in rows.order_by("pk"):
        last[one.challenge_id, one.panel, Asked.of(one.asked).group or 0] = one
    given = {place: pair for place, one in last.items() if (pair := _given(one, place[2])) is not None}
    sheets: dict[tuple[int, str, int, int], Any] = {}
    if given:
        out = Sheet.objects.filter(challenge__in={task for task, _, _ in given}, judge__in=set(given.values()))
        for sheet in out.filter(group__in={group for _, _, group in given}).select_related("judge"):
            sheets[sheet.challenge_id, sheet.panel, sheet.group_id, sheet.judge_id] = sheet
    return {place: _third(one, sheets.get((*place, given.get(place, 0)))) for place, one in last.items()}


def _given(plan: AssignmentPlan, group: int) -> int | None:
    """Whom an applied plan gave the entry to."""
    if plan.state != PlanState.APPLIED.value:
        return None
    return next((judge for entry, judge in plan.found.get("give", []) if entry == group), None)


def _third(plan: AssignmentPlan, sheet: Sheet | None) -> Third:
    if sheet is None:
        return Third(plan)
    return Third(
        plan,
        sheet.judge,
        sheet.pk,
        answered=sheet.state == SheetState.FINAL.value,
        back=sheet.state == SheetState.RECUSED.value,
    )
