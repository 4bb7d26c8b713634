"""Ideas that stand for a published entry or attempt, made when somebody first cites it; the links from a new idea to its sources."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.queries import as_now
from games.ideas.actions.crediting import credit_by_agreement
from games.ideas.models import Derivation, Idea
from games.ideas.queries.standing import entry_title
from games.ideas.rules import (
    SHARED_IN,
    SOURCES,
    TEXT,
    TITLE,
    WRITTEN,
    DerivationKind,
    IdeaInvalid,
    IdeaKind,
    IdeaRefused,
    folded,
    may_take,
)
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Person
from games.playbooks.rules import Visibility
from games.rounds.models import Round
from games.submissions.models import Attempt, Submission
from leaderboards.engine.language import gettext as _


@dataclass(frozen=True, slots=True)
class Citation:
    """What a new idea did (`kind`) with something older: an idea, a published entry, a published attempt. Rejecting takes a reason."""

    source: Idea | Submission | Attempt
    kind: str = DerivationKind.BUILDS_ON.value
    reason: str = ""


def next_number(cycle: Cycle) -> int:
    """The next number of an idea; the row of the cycle is held."""
    last = Idea.objects.filter(cycle=cycle).aggregate(last=Max("number"))["last"] or 0
    return int(last) + 1


@transaction.atomic
def name_entry(submission: Submission, *, by: Any, kind: str = DerivationKind.BUILDS_ON.value) -> Idea:
    """The idea that stands for a published entry, made if there is none. Whether `by` may see the entry the edge asks.

    Raises IdeaRefused unless the round is published and lets others cite its entries so (`kind`).
    """
    entry = Submission.objects.select_related("challenge__round__cycle", "group", "pinned").get(pk=submission.pk)
    _check_shown(entry.challenge.round, DerivationKind(kind))
    made = entry.submitted_at or db_now()
    of_idea: dict[str, Any] = {"submission": entry, "licence": _licence(entry)}
    return _named(entry.challenge, entry_title(entry), entry.group, of_idea, made, by=by)


def _licence(entry: Submission) -> str:
    """How others may reuse an entry: what it says itself, else what everybody accepted at the door; "" where neither is said."""
    key = spec_of(entry.challenge).licence
    said = entry.pinned.data.get(key, "") if key and entry.pinned else ""
    if said:
        return ", ".join(map(str, said)) if isinstance(said, list) else str(said)
    accepted = design_of(entry.challenge.round.cycle).registration.licence
    return _("the licence for reuse of this cycle, version {version}", version=accepted.version) if accepted is not None else ""


@transaction.atomic
def name_attempt(attempt: Attempt, *, by: Any, kind: str = DerivationKind.BUILDS_ON.value) -> Idea:
    """The same for an attempt."""
    tried = Attempt.objects.select_related("challenge__round__cycle", "group").get(pk=attempt.pk)
    _check_shown(tried.challenge.round, DerivationKind(kind))
    title = f"{tried.group.name}: {tried.challenge.name}, attempt {tried.number}"[:TITLE]
    return _named(tried.challenge, title, tried.group, {"attempt": tried}, tried.at or db_now(), by=by)


def _check_shown(round_: Round, kind: DerivationKind) -> None:
    if round_.published_at is None or not may_take(kind, Visibility(round_.visibility)):
        message = _('The entries of "{round}" are not open to be built on.', round=round_.name)
        raise IdeaRefused(message, where="sources")


def _named(task: Challenge, title: str, group: Group, of_idea: dict[str, Any], made: datetime, *, by: Any) -> Idea:
    """`made`: when what it stands for came. Credit is that of those who made it together then."""
    cycle = locked(task.round.cycle)
    there = Idea.objects.filter(**{name: one for name, one in of_idea.items() if name != "licence"}).first()
    if there is not None:
        return there
    idea = Idea.objects.create(
        cycle=cycle,
        number=next_number(cycle),
        kind=IdeaKind.CONCEPT.value,
        title=title,
        group=group,
        challenge=task,
        words=folded(title),
        shared_at=db_now(),
        **of_idea,
    )
    credit_by_agreement(idea, group, at=made, challenge=task)
    if cycle.state in SHARED_IN:  # one that is over earns nothing more: who cites it from a later cycle says so there
        _journal(Kind.IDEA_SHARED, idea, by=by, payload={"idea": idea.number, "entry": True})
    return idea


def hold_all(cycle: Cycle, cited: Sequence[Citation]) -> None:
    """Hold the cycle and those that its sources are of, always in the same order, so that two that cite each other do not wait for ever."""
    theirs = {_cycle_of(one.source) for one in cited} - {cycle.pk}
    if theirs:
        list(Cycle.objects.select_for_update(no_key=True).filter(pk__in=theirs | {cycle.pk}).order_by("pk"))


def _cycle_of(source: Idea | Submission | Attempt) -> int:
    return source.cycle_id if isinstance(source, Idea) else source.challenge.round.cycle_id


def resolved(cited: Sequence[Citation], *, by: Any) -> list[tuple[Idea, Citation]]:
    """The ideas behind the citations, each once, of this cycle or any other whose ideas the person sees: what one cycle learned, the
    next builds on. They exist before whatever builds on them: so their ids are lower.
    """
    if len(cited) > SOURCES:
        message = _("At most {sources} sources.", sources=SOURCES)
        raise IdeaInvalid(message, where="sources")
    found: dict[int, tuple[Idea, Citation]] = {}
    for one in cited:
        _check(one)
        match one.source:
            case Submission():
                source = name_entry(one.source, by=by, kind=one.kind)
            case Attempt():
                source = name_attempt(one.source, by=by, kind=one.kind)
            case _:
                source = Idea.objects.get(pk=one.source.pk)
        if source.hidden_at is not None:
            raise IdeaRefused(_("Organizers have hidden this idea: nothing is built on it now."), where="sources")
        _check_still_shown(source, DerivationKind(one.kind))
        found.setdefault(source.pk, (source, one))
    return list(found.values())


def _check(one: Citation) -> None:
    if one.kind not in set(WRITTEN):
        message = _("Expected one of {names}.", names=", ".join(WRITTEN))
        raise IdeaInvalid(message, where="sources")
    if one.kind == DerivationKind.REJECTS.value and not one.reason.strip():
        raise IdeaInvalid(_("Say why you leave it aside: its authors read it."), where="reason")
    if len(one.reason) > TEXT or "\0" in one.reason:
        message = _("At most {text} characters.", text=TEXT)
        raise IdeaInvalid(message, where="reason")


def _check_still_shown(source: Idea, kind: DerivationKind) -> None:
    """An entry is built on where its round allows it, under whatever name it is cited."""
    stands_for = source.submission or source.attempt
    if stands_for is not None:
        _check_shown(stands_for.challenge.round, kind)


def cited_as(source: Idea, cycle: Cycle) -> dict[str, object]:
    """How the journal of the cycle names a source. A number alone is an idea of that cycle; one of another cycle is named by its id."""
    return {"idea": source.number} if source.cycle_id == cycle.pk else {"elsewhere": source.pk}


def link(target: Idea, sources: Sequence[tuple[Idea, Citation]], *, by: Any, person: Person | None, at: datetime) -> None:
    """Write what came from what, and journal it for the group whose idea was taken up: as it takes part now, if it is of an earlier cycle."""
    earlier = {source.group_id for source, _ in sources if source.cycle_id != target.cycle_id and source.group_id is not None}
    now = as_now(target.cycle, earlier)
    for source, cited in sources:
        Derivation.objects.create(source=source, target=target, kind=cited.kind, reason=cited.reason.strip(), by=person, at=at)
        record(
            Kind.IDEA_TAKEN_UP,
            cycle_id=target.cycle_id,
            by=by,
            group_id=source.group_id if source.cycle_id == target.cycle_id else now.get(source.group_id or 0),
            subject=f"idea:{source.pk}",
            payload={**cited_as(source, target.cycle), "by": target.number, "kind": cited.kind},
            at=at,
        )


def _journal(kind: Kind, idea: Idea, *, by: Any, payload: dict[str, object]) -> None:
    record(kind, cycle_id=idea.cycle_id, by=by, group_id=idea.group_id, subject=f"idea:{idea.pk}", payload=payload)
