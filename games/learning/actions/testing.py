"""Writing tests of change: plan, do, study, act. Words may be made better until it is acted on; then the test is the record."""

from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.models import Idea
from games.ideas.rules import DAY, check_pace
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.actions.measuring import person_of
from games.learning.models import ChangeTest, Taken
from games.learning.queries.testing import evidence_of, round_now
from games.learning.rules import PARTS, Act, ChangeState, comes_next, missing
from games.learning.rules.testing import PLANS, ChangeTestInvalid, ChangeTestRefused
from games.rounds.models import Round
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop

TITLE: Final = 200
WORDS: Final = 5000
OPEN: Final = frozenset(
    {CycleState.ENROLLING.value, CycleState.RUNNING.value, CycleState.PAUSED.value, CycleState.AWARDING.value}
)
NEEDED: Final = {
    "title": gettext_noop("Give it a name: what do you change?"),
    "prediction": gettext_noop("Say what you expect to happen: only then can you learn from what does."),
    "done": gettext_noop("Say what you did."),
    "data": gettext_noop("Say what you saw: numbers, or words somebody else would agree with."),
    "learned": gettext_noop("Say what you learned, also when it went otherwise than you thought."),
}


@transaction.atomic
def plan_test(
    *,
    group: Group,
    title: str,
    prediction: str,
    by: Any,
    idea: Idea | None = None,
    round: Round | None = None,  # noqa: A002 the word of the game
    taken: Taken | None = None,
) -> ChangeTest:
    """A group plans to try something: its own change, or somebody's idea, with what it expects. Without `round`: the one that is on.

    `taken`: what the group took from a study, now tried.
    Whether `by` may write for the group and read the idea the edge asks. Raises ChangeTestInvalid for words that are missing or too long
    and for an idea or round of another cycle, ChangeTestRefused when the group or the cycle takes no part any more, TooFast.
    """
    cycle = locked(group.cycle)
    _check_open(cycle, group)
    if idea is not None and idea.cycle_id != cycle.pk:
        raise ChangeTestInvalid(_("The idea is of another cycle."), where="idea")
    if round is not None and round.cycle_id != cycle.pk:
        raise ChangeTestInvalid(_("The round is of another cycle."), where="round")
    if taken is not None and taken.group_id != group.pk:
        raise ChangeTestInvalid(_("Another team took that."), where="taken")
    words = _checked(ChangeState.PLANNED, {"title": title, "prediction": prediction})
    planned = ChangeTest.objects.filter(group=group, created_at__gt=db_now() - DAY)
    check_pace(planned.values_list("created_at", flat=True), PLANS, db_now(), what="tests")
    number = (ChangeTest.objects.filter(cycle=cycle).aggregate(last=Max("number"))["last"] or 0) + 1
    test = ChangeTest.objects.create(
        cycle=cycle,
        number=number,
        group=group,
        idea=idea,
        taken=taken,
        round=round or round_now(cycle, db_now()),
        by=person_of(cycle, by, group),
        **words,
    )
    _journal(Kind.TEST_PLANNED, test, by=by)
    return test


def do_test(test: ChangeTest, *, done: str, by: Any) -> ChangeTest:
    """What was planned is done, or begun. Raises as `plan_test`, and ChangeTestRefused when it is not the next step."""
    return _step(test, ChangeState.DOING, {"done": done}, by=by)


def study_test(test: ChangeTest, *, data: str, learned: str, by: Any) -> ChangeTest:
    """What was seen, and what was learned from it. Raises as `do_test`."""
    return _step(test, ChangeState.STUDIED, {"data": data, "learned": learned}, by=by)


@transaction.atomic
def act_on_test(test: ChangeTest, *, act: Act, by: Any) -> ChangeTest:
    """Adopt, adapt or abandon: the test is finished, and the evidence for its idea is read again. Raises as `do_test`."""
    row = _open(test)
    _check_step(row, ChangeState.ACTED)
    if row.idea_id is not None:  # two groups that finish at once: each sees what the other did
        Idea.objects.select_for_update(no_key=True).get(pk=row.idea_id)
    row.state, row.act, row.acted_at = ChangeState.ACTED.value, Act(act).value, db_now()
    row.save(update_fields=["state", "act", "acted_at"])
    if row.idea is not None:
        Idea.objects.filter(pk=row.idea.pk).update(grade=evidence_of([row.idea])[row.idea.pk].grade)
    _journal(Kind.TEST_ACTED, row, by=by)
    return row


@transaction.atomic
def regrade(idea: Idea) -> str:
    """Read the evidence for an idea again: credit was divided anew, and tests of who is credited say nothing. Returns the grade."""
    row = Idea.objects.select_for_update(no_key=True, of=("self",)).get(pk=idea.pk)
    grade = evidence_of([row])[row.pk].grade
    Idea.objects.filter(pk=row.pk).update(grade=grade)
    return grade


@transaction.atomic
def revise_test(test: ChangeTest, *, by: Any, **words: str) -> ChangeTest:
    """Say something better than before, as long as the test is not acted on. What its state needs cannot be emptied."""
    row = _open(test)
    strange = sorted(set(words) - set(PARTS))
    if strange:
        message = _("A test has no part {strange}.", strange=strange[0])
        raise ChangeTestInvalid(message, where=strange[0])
    told = _told(row)
    early = [name for name in words if not told[name] and words[name].strip()]
    if early:
        raise ChangeTestRefused(_("That belongs to a later step: take it first."), where=early[0])
    _write(row, _checked(ChangeState(row.state), told | words), set(words))
    _journal(Kind.TEST_CHANGED, row, by=by)
    return row


@transaction.atomic
def _step(test: ChangeTest, wanted: ChangeState, words: dict[str, str], *, by: Any) -> ChangeTest:
    row = _open(test)
    _check_step(row, wanted)
    checked = _checked(wanted, _told(row) | words)
    row.state = wanted.value
    names = {*words, "state"}
    if wanted is ChangeState.DOING:
        row.began_at = db_now()
        names.add("began_at")
    _write(row, checked, names)
    _journal(Kind.TEST_CHANGED, row, by=by)
    return row


def _write(row: ChangeTest, words: dict[str, str], names: set[str]) -> None:
    for name, value in words.items():
        setattr(row, name, value)
    row.save(update_fields=sorted(names))


def _told(row: ChangeTest) -> dict[str, str]:
    return {name: str(getattr(row, name)) for name in PARTS}


def _open(test: ChangeTest) -> ChangeTest:
    """The test, locked and fresh. Raises ChangeTestRefused when it is finished, or its group or cycle."""
    held = ChangeTest.objects.select_for_update(of=("self",), no_key=True).select_related("cycle", "group", "idea", "round")
    row = held.get(pk=test.pk)
    if row.state == ChangeState.ACTED.value:
        raise ChangeTestRefused(_("The test is finished. What comes next is another test."))
    _check_open(row.cycle, row.group)
    return row


def _check_open(cycle: Cycle, group: Group) -> None:
    if cycle.state not in OPEN:
        raise ChangeTestRefused(_("The cycle is not under way: what was tried in it stays as it is."))
    if group.state != GroupState.ACTIVE.value:
        raise ChangeTestRefused(_("The team does not take part."))


def _check_step(row: ChangeTest, wanted: ChangeState) -> None:
    if not comes_next(ChangeState(row.state), wanted):
        message = _("The test is {state}: {wanted} does not follow.", state=row.state, wanted=wanted.value)
        raise ChangeTestRefused(message)


def _checked(state: ChangeState, words: dict[str, str]) -> dict[str, str]:
    """The words, trimmed. Raises ChangeTestInvalid, naming the first part that the state needs and lacks, or that is too long."""
    trimmed = {name: value.strip() for name, value in words.items()}
    for part in missing(state, trimmed):
        raise ChangeTestInvalid(_(NEEDED[part]), where=part)
    for name, value in trimmed.items():
        most = TITLE if name == "title" else WORDS
        if len(value) > most:
            message = _("At most {most} characters.", most=most)
            raise ChangeTestInvalid(message, where=name)
    return trimmed


def _journal(kind: Kind, test: ChangeTest, *, by: Any) -> None:
    """The act without its words."""
    payload = {"test": test.number, "state": test.state, "round": test.round.key if test.round else ""}
    if test.act:
        payload["act"] = test.act
    if test.idea is not None:
        payload["idea"] = test.idea.number
    record(kind, cycle_id=test.cycle_id, by=by, group_id=test.group_id, subject=f"change_test:{test.pk}", payload=payload)
