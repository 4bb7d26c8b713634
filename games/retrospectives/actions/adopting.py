"""The winner's idea goes on: teams of the next cycle test it, or a new cycle starts from it, or neither; by a recorded decision."""

from typing import Any, Final

from django.db import IntegrityError, transaction
from django.db.models import Max

from games.cycles.actions import locked, needs_reason, record_decision
from games.cycles.models import Cycle, Decision
from games.cycles.rules import DecisionKind
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.models import Idea, IdeaVersion
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.learning.models import ChangeTest
from games.playbooks.expand import merged
from games.playbooks.queries import preset
from games.progression.actions import draft_cycle, edit_draft
from games.progression.actions.succession import CARRY, series_after
from games.progression.drafting import draft_of
from games.progression.models import Carried
from games.progression.succeeding import CarriedKind
from games.retrospectives.models import Adoption
from games.retrospectives.queries import winning_ideas
from games.retrospectives.rules import AdoptionRefused, AdoptionWay, RetroInvalid
from games.retrospectives.rules.states import WORDS
from leaderboards.engine.language import gettext as _

OPTIONS: Final = tuple(one.value for one in AdoptionWay)


@transaction.atomic
def adopt(idea: Idea, way: AdoptionWay, *, by: Any, reason: str, prediction: str = "", playbook: str = "") -> Adoption:
    """Decide what becomes of an idea of a winner. `test`: every team of the next cycle begins with a planned test of it (`prediction`:
    what is expected of that). `start`: a new cycle is drafted from a playbook, for the problem as the idea tells it.

    Whether `by` organizes the cycle and reads the idea the edge asks. Raises ReasonMissing, RetroInvalid, AdoptionRefused for an idea
    that was decided or is no winner's, PlaybookMissing.
    """
    needs_reason(reason)
    cycle = locked(idea.cycle)
    _check(cycle, idea, way, prediction)
    decision = _decided(cycle, idea, way, by=by, reason=reason)
    draft = _started(cycle, idea, playbook, by=by) if way is AdoptionWay.START else None
    said = {
        "prediction": prediction.strip() if way is AdoptionWay.TEST else "",
        "playbook": playbook if draft is not None else "",
    }
    try:
        with transaction.atomic():
            row = Adoption.objects.create(
                cycle=cycle, idea=idea, way=way.value, draft=draft, decision=decision, at=decision.at, by=by, **said
            )
    except IntegrityError as twice:
        raise AdoptionRefused(_("What becomes of this idea was decided before.")) from twice
    payload = {"idea": idea.number, "way": way.value, "draft": draft.pk if draft is not None else None}
    record(Kind.IDEA_ADOPTED_ON, cycle_id=cycle.pk, by=by, group_id=idea.group_id, subject=f"idea:{idea.pk}", payload=payload)
    return row


def _check(cycle: Cycle, idea: Idea, way: AdoptionWay, prediction: str) -> None:
    if not winning_ideas(cycle).filter(pk=idea.pk).exists():
        raise AdoptionRefused(_("Only an idea of those who came first goes on this way."))
    if way is AdoptionWay.TEST and not prediction.strip():
        raise RetroInvalid(
            _("Say what you expect when others try it: only then can they learn from what happens."), where="prediction"
        )
    if len(prediction) > WORDS or "\0" in prediction:
        message = _("At most {words:,} characters.", words=WORDS)
        raise RetroInvalid(message, where="prediction")


def _decided(cycle: Cycle, idea: Idea, way: AdoptionWay, *, by: Any, reason: str) -> Decision:
    return record_decision(
        cycle,
        DecisionKind.ADOPT,
        by=by,
        reason=reason,
        group=idea.group.key if idea.group is not None else "",
        value=way.value,
        question=f"What becomes of idea {idea.number}?",
        options=OPTIONS,
        public=True,
    )


def _started(cycle: Cycle, idea: Idea, playbook: str, *, by: Any) -> Cycle:
    """A draft from a playbook, whose summary and aim say what it starts from. Teams come along when it is launched."""
    if not playbook:
        raise RetroInvalid(_("Choose the playbook of the new cycle."), where="playbook")
    draft = draft_cycle(preset(playbook), by=by, name=idea.title, public=cycle.public)
    draft.predecessor, draft.organization = cycle, cycle.organization
    draft.save(update_fields=["predecessor", "organization"])
    told = IdeaVersion.objects.filter(idea=idea).order_by("-number").first()
    said = f"{idea.title}: {told.summary}" if told is not None and told.summary else idea.title
    held = draft_of(draft)
    start = {"cycle": {"summary": said[:2000], "series": series_after(cycle, draft.key)}, "aim": {"statement": said[:2000]}}
    edit_draft(held, merged(held.data, start), by=by, carry=CARRY)
    return draft


@transaction.atomic
def plan_adopted(after: Cycle) -> int:
    """Every team that is in begins with planned tests of what the cycle before adopted to be tested. Safe to run twice. How many."""
    if after.predecessor_id is None:
        return 0
    rows = Adoption.objects.filter(cycle=after.predecessor_id, way=AdoptionWay.TEST.value).select_related("idea")
    adopted = list(rows.order_by("pk"))
    if not adopted:
        return 0
    held = locked(after)
    teams = list(Group.objects.filter(cycle=held, state=GroupState.ACTIVE.value).select_related("predecessor").order_by("pk"))
    there = set(Carried.objects.filter(cycle=held, key__startswith="idea:").values_list("group_id", "key"))
    wanted = [
        (team, one)
        for one in adopted
        for team in teams
        if (team.pk, f"idea:{one.idea.number}") not in there and not _own(team, one)
    ]
    _planned(held, wanted)
    adopted_ids = [one.pk for one in adopted]
    Adoption.objects.filter(pk__in=adopted_ids, draft__isnull=True).update(draft=held)
    return len(wanted)


def _own(team: Group, one: Adoption) -> bool:
    """The winner itself has done it already."""
    return team.predecessor_id is not None and team.predecessor_id == one.idea.group_id


def _planned(cycle: Cycle, wanted: list[tuple[Group, Adoption]]) -> None:
    first, now = (ChangeTest.objects.filter(cycle=cycle).aggregate(last=Max("number"))["last"] or 0) + 1, db_now()
    tests = ChangeTest.objects.bulk_create(
        (
            ChangeTest(cycle=cycle, number=number, group=team, title=one.idea.title[:200], prediction=one.prediction)
            for number, (team, one) in enumerate(wanted, first)
        ),
        batch_size=500,
    )
    Carried.objects.bulk_create(
        (
            Carried(
                cycle=cycle,
                group=team,
                kind=CarriedKind.COMMITMENT.value,
                key=f"idea:{one.idea.number}",
                name=one.idea.title,
                test=test,
                at=now,
            )
            for (team, one), test in zip(wanted, tests, strict=True)
        ),
        batch_size=500,
    )
