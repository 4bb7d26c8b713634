"""The study between two rounds: work is dealt to be read, groups say what they take from it. Reading itself is not journalled: it earns nothing."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from django.db import transaction
from django.db.models import Max

from games.cycles.actions import locked
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.models import Idea
from games.ideas.rules import Audience
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.actions.measuring import person_of
from games.learning.models import Reading, Taken
from games.learning.queries.study import Study, studies_in, study_after
from games.learning.rules.study import MOST_TAKEN, StudyRefused, StudyState, TakenInvalid, dealt
from games.playbooks.rules import Visibility
from games.rounds.models import Round
from games.rounds.queries import TAKES_ENTRIES
from games.submissions.models import Submission
from games.submissions.rules import COUNTS
from leaderboards.engine.language import gettext as _

TITLE: Final = 200
WORDS: Final = 5000
WHOLE: Final = (Visibility.FULL.value, Visibility.FORKABLE.value)


@transaction.atomic
def deal_readings(round_: Round, *, by: Any) -> int:
    """Give every group that takes part the work of others to read, once the study after the round has begun; how many were given.

    The entry of a group, where the round is published and shows whole entries; else its newest idea for all teams. Done before: 0.
    Raises StudyRefused where no study follows the round, before it begins, and while there is nothing to be read.
    """
    cycle = locked(round_.cycle)
    study = _on(round_, db_now())
    if Reading.objects.filter(round=round_).exists():
        return 0
    work = _work_of(round_)
    groups = Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value).values_list("pk", flat=True)
    plan = dealt(groups, work, study.reads, seed=f"{cycle.pk}:{round_.pk}")
    rows = [Reading(round=round_, group_id=group, **work[source]) for group, sources in plan.items() for source in sources]
    if not rows:
        raise StudyRefused(_("There is nothing to read yet: no entry is shown whole, and no idea is shared with all teams."))
    Reading.objects.bulk_create(rows)
    record(
        Kind.STUDY_BEGUN,
        cycle_id=cycle.pk,
        by=by,
        subject=f"round:{round_.pk}",
        payload={"round": round_.key, "given": len(rows)},
    )
    return len(rows)


def _on(round_: Round, now: datetime) -> Study:
    study = study_after(round_)
    if study is None:
        raise StudyRefused(_("No study follows this round."))
    if round_.cycle.state not in TAKES_ENTRIES:
        message = _("The cycle is {state}.", state=round_.cycle.state)
        raise StudyRefused(message)
    if study.state(now) is not StudyState.ON:
        message = (
            _("The study has not begun.") if study.state(now) is StudyState.PLANNED else _("The study is over: now it is tried.")
        )
        raise StudyRefused(message)
    return study


def _work_of(round_: Round) -> dict[int, dict[str, int]]:
    """Group → what of it is read."""
    cycle = round_.cycle_id
    shared = Idea.objects.filter(cycle=cycle, hidden_at__isnull=True, safe=False, group__state=GroupState.ACTIVE.value)
    shared = shared.filter(audience__in=(Audience.TEAMS.value, Audience.EVERYBODY.value), submission=None, attempt=None)
    found = {group: {"idea_id": pk} for group, pk in _pairs(shared.order_by("number").values_list("group_id", "pk"))}
    if round_.published_at is not None and round_.visibility in WHOLE:
        entries = Submission.objects.filter(challenge__round=round_, state__in=[one.value for one in COUNTS])
        entries = entries.filter(group__state=GroupState.ACTIVE.value).order_by("-number", "-pk")
        found |= {group: {"submission_id": pk} for group, pk in _pairs(entries.values_list("group_id", "pk"))}
    return found


def _pairs(rows: Iterable[tuple[int | None, int]]) -> Iterable[tuple[int, int]]:
    return ((group, pk) for group, pk in rows if group is not None)


def deal_what_is_due(*, now: datetime | None = None) -> int:
    """Deal in every study that has begun and has something to read. Returns how many works were given. Run it as often as you like."""
    moment = now or db_now()
    rounds = Round.objects.filter(cycle__state__in=TAKES_ENTRIES, cycle__rehearsal=False, readings__isnull=True)
    cycles = {one.cycle_id: one.cycle for one in rounds.select_related("cycle")}
    given = 0
    for cycle in cycles.values():
        for study in studies_in(cycle):
            if study.state(moment) is StudyState.ON and _work_of(study.round):
                given += deal_readings(study.round, by=None)
    return given


@transaction.atomic
def mark_read(reading: Reading, *, by: Any) -> Reading:  # noqa: ARG001 every action says who acts; reading is not journalled
    """The group has read it. Whether `by` is of the group the edge asks."""
    Reading.objects.filter(pk=reading.pk, read_at__isnull=True).update(read_at=db_now())
    return Reading.objects.select_related("round", "group").get(pk=reading.pk)


@transaction.atomic
def take(*, round: Round, group: Group, text: str, by: Any, prediction: str = "", reading: Reading | None = None) -> Taken:  # noqa: A002 the word of the game
    """Write down what the group takes from the study after a round: what it will try in the next, and what it expects.

    Raises TakenInvalid for words that are missing or too long and for somebody else's reading, StudyRefused when the study is not on.
    """
    cycle = locked(round.cycle)
    _on(round, db_now())
    said = {"text": " ".join(text.split()), "prediction": prediction.strip()}
    _check(said)
    if group.cycle_id != cycle.pk or group.state != GroupState.ACTIVE.value:
        raise StudyRefused(_("The team does not take part."))
    if reading is not None and (reading.group_id, reading.round_id) != (group.pk, round.pk):
        raise TakenInvalid(_("That was given to another team, or in another study."), where="reading")
    if Taken.objects.filter(round=round, group=group).count() >= MOST_TAKEN:
        message = _("At most {most_taken}: take what you will really try.", most_taken=MOST_TAKEN)
        raise StudyRefused(message)
    number = (Taken.objects.filter(cycle=cycle).aggregate(last=Max("number"))["last"] or 0) + 1
    person = person_of(cycle, by, group)
    made = Taken.objects.create(
        cycle=cycle, number=number, round=round, group=group, reading=reading, at=db_now(), by=person, **said
    )
    _journal(Kind.STUDY_TAKEN, made, by=by)
    return made


def _check(said: dict[str, str]) -> None:
    if not said["text"]:
        raise TakenInvalid(_("Say what you will try."), where="text")
    for name, value in said.items():
        most = TITLE if name == "text" else WORDS
        if len(value) > most or "\0" in value:
            message = _("At most {most} characters.", most=most)
            raise TakenInvalid(message, where=name)


@transaction.atomic
def drop_taken(taken: Taken, *, by: Any) -> None:
    """Leave it after all, as long as the study is on and nothing was tried of it. Raises StudyRefused."""
    locked(taken.cycle)
    row = Taken.objects.select_related("round__cycle", "group").get(pk=taken.pk)
    _on(row.round, db_now())
    if row.change_tests.exists():
        raise StudyRefused(_("A test came of it: it stays."))
    _journal(Kind.STUDY_DROPPED, row, by=by)
    row.delete()


def _journal(kind: Kind, taken: Taken, *, by: Any) -> None:
    payload = {"taken": taken.number, "round": taken.round.key}
    record(kind, cycle_id=taken.cycle_id, by=by, group_id=taken.group_id, subject=f"taken:{taken.pk}", payload=payload)
