"""An idea is shared, and told anew. A version is written once; who may act for the group the edge asks."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from games.challenges.models import Challenge
from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.actions.citing import Citation, cited_as, hold_all, link, next_number, resolved
from games.ideas.actions.crediting import credit_by_agreement
from games.ideas.actions.widening import named_readers
from games.ideas.models import Idea, IdeaDraft, IdeaTag, IdeaVersion
from games.ideas.queries.standing import acting_in
from games.ideas.rules import (
    DAY,
    SHARED_IN,
    TELLINGS,
    Audience,
    IdeaInvalid,
    IdeaRefused,
    Telling,
    check_pace,
    cleaned,
    completeness,
    digest_of,
    words_for_search,
)
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.models import Person
from leaderboards.engine.language import gettext as _


def check_open(cycle: Cycle, group: Group | None) -> None:
    """Refuse in a cycle that is not on, and to a group that does not take part."""
    if cycle.state not in SHARED_IN:
        message = _("The cycle is {state}: what was shared stays to be read, and nothing is added.", state=cycle.state)
        raise IdeaRefused(message)
    if group is None:
        return
    if group.cycle_id != cycle.pk:
        raise IdeaInvalid(_("The team is of another cycle."), where="group")
    if group.state != GroupState.ACTIVE.value:
        raise IdeaRefused(_("Only teams that take part share ideas."))


def check_told(cycle: Cycle, group: Group | None, by: Any, now: datetime) -> None:
    """Refuse a team that told more than so much lately (an organizer, for their own). The cycle is held. Raises TooFast."""
    rows = IdeaVersion.objects.filter(idea__cycle=cycle, at__gt=now - DAY)
    if group is not None:
        rows = rows.filter(idea__group=group)
    elif getattr(by, "pk", None) is not None:
        rows = rows.filter(idea__group=None, by__user=by.pk)
    else:  # the house itself
        return
    check_pace(rows.values_list("at", flat=True), TELLINGS, now, what=_("ideas and versions of them"))


def _check_task(cycle: Cycle, challenge: Challenge | None) -> None:
    if challenge is not None and challenge.round.cycle_id != cycle.pk:
        raise IdeaInvalid(_("The task is of another cycle."), where="challenge")


def _held(
    cycle: Cycle, group: Group | None, challenge: Challenge | None, sources: Sequence[Citation], *, by: Any
) -> tuple[Cycle, datetime]:
    """The cycle, its row held, and the time; refused where the group may not share now."""
    hold_all(cycle, sources)
    held, at = locked(cycle), db_now()
    check_open(held, group)
    _check_task(held, challenge)
    check_told(held, group, by, at)
    return held, at


@transaction.atomic
def share_idea(  # noqa: PLR0913 each part of the act is named
    *,
    cycle: Cycle,
    group: Group | None,
    told: Telling,
    by: Any,
    audience: str = Audience.ORGANIZERS.value,
    readers: Sequence[Group] = (),
    sources: Sequence[Citation] = (),
    challenge: Challenge | None = None,
    draft: IdeaDraft | None = None,
) -> Idea:
    """Share a new idea with its first version, and say what it came from. Without a group it is the organizers' own.

    Whether `by` may share for the group, and sees the sources, the edge asks. `draft`: what it was written in; it is gone afterwards.
    Raises IdeaInvalid with every fault of what is told, IdeaRefused in a cycle that is over or where a round forbids to build on it,
    TooFast when the team told too much lately.
    """
    clean = cleaned(told)
    held, at = _held(cycle, group, challenge, sources, by=by)
    named = named_readers(held, audience, readers)
    person, found = acting_in(held, group, by), resolved(sources, by=by)
    idea = Idea.objects.create(
        cycle=held,
        number=next_number(held),
        kind=clean.kind,
        group=group,
        author=person,
        challenge=challenge,
        audience=Audience(audience).value,
        shared_at=at,
        **kept_of(clean, design_of(held).sharing.required),
    )
    idea.readers.set(named)
    credit_by_agreement(idea, group, at=at)
    write_version(idea, clean, number=1, person=person, at=at)
    link(idea, found, by=by, person=person, at=at)
    _journal(idea, 1, by=by, more={"audience": idea.audience, "sources": _cited(found, held)})
    _done_with(draft, person)
    return idea


def _cited(found: Sequence[tuple[Idea, Citation]], cycle: Cycle) -> list[dict[str, object]]:
    return [{**cited_as(source, cycle), "kind": one.kind} for source, one in found]


@transaction.atomic
def share_version(*, idea: Idea, told: Telling, by: Any, draft: IdeaDraft | None = None) -> IdeaVersion:
    """Tell an idea anew: the earlier versions stay to be read. Its kind, audience and sources stay as they are.

    Raises IdeaRefused when nothing changed, and for what stands for an entry: that is told by its own versions. TooFast as `share_idea`.
    """
    clean = cleaned(told)
    cycle = locked(idea.cycle)
    row = Idea.objects.select_related("group").get(pk=idea.pk)
    check_open(cycle, row.group)
    _check_own_words(row)
    last = row.versions.order_by("-number").first()
    number = last.number + 1 if last else 1
    if last is not None and last.digest == digest_of(clean) and _same_frame(row, clean):
        raise IdeaRefused(_("Nothing changed since the last version."))
    at = db_now()
    check_told(cycle, row.group, by, at)
    person = acting_in(cycle, row.group, by)
    Idea.objects.filter(pk=row.pk).update(**kept_of(clean, design_of(cycle).sharing.required))
    version = write_version(row, clean, number=number, person=person, at=at)
    _journal(row, number, by=by, more={})
    _done_with(draft, person)
    return version


def _check_own_words(idea: Idea) -> None:
    if idea.submission_id is not None or idea.attempt_id is not None:
        raise IdeaRefused(_("It stands for an entry, and is told by it: share an idea of your own that builds on it."))
    if idea.merged_into_id is not None:
        raise IdeaRefused(_("It was merged into another idea: that one goes on."))


def _same_frame(idea: Idea, told: Telling) -> bool:
    tags = set(idea.tags.values_list("word", flat=True))
    return (idea.step, idea.licence, tags) == (told.step, told.licence, set(told.tags))


def kept_of(told: Telling, required: Collection[str]) -> dict[str, Any]:
    """What the idea's own row says of its newest version; `required`: the parts that its cycle asks for."""
    return {
        "title": told.title,
        "summary": told.summary,
        "step": told.step,
        "licence": told.licence,
        "words": words_for_search(told),
        "complete": completeness(told.parts, required),
    }


def write_version(idea: Idea, told: Telling, *, number: int, person: Person | None, at: datetime) -> IdeaVersion:
    IdeaTag.objects.filter(idea=idea).exclude(word__in=told.tags).delete()
    IdeaTag.objects.bulk_create([IdeaTag(idea=idea, word=word) for word in told.tags], ignore_conflicts=True)
    return IdeaVersion.objects.create(
        idea=idea,
        number=number,
        title=told.title,
        summary=told.summary,
        parts=dict(told.parts),
        note=told.note,
        digest=digest_of(told),
        at=at,
        by=person,
    )


def _journal(idea: Idea, version: int, *, by: Any, more: dict[str, object]) -> None:
    """The act without its words."""
    record(
        Kind.IDEA_SHARED if version == 1 else Kind.IDEA_REVISED,
        cycle_id=idea.cycle_id,
        by=by,
        group_id=idea.group_id,
        subject=f"idea:{idea.pk}",
        payload={"idea": idea.number, "kind": idea.kind, "version": version} | more,
    )


def _done_with(draft: IdeaDraft | None, person: Person | None) -> None:
    """What was written is told now."""
    if draft is not None and person is not None:
        IdeaDraft.objects.filter(pk=draft.pk, person=person).delete()
