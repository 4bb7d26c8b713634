"""The safe room: failure stories outside every board, under a name or without one; answers to "what makes it risky here?".

Without a name means that nobody's key is stored: not with the story, nor in the journal, nor beside it. The moment is kept as a day.
"""

import secrets
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

from django.db import transaction

from games.cycles.actions import locked
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.ideas.actions.citing import next_number
from games.ideas.actions.sharing import check_open, check_told, kept_of, write_version
from games.ideas.actions.widening import named_readers, widen
from games.ideas.models import Idea, RiskAnswer, RiskTicket
from games.ideas.queries.room import organizers_story, ticket_of
from games.ideas.queries.standing import acting_in
from games.ideas.rules import (
    ANSWER,
    ENOUGH,
    KEY_LOST,
    NAMELESS,
    NAMELESS_A_DAY,
    Audience,
    IdeaInvalid,
    IdeaKind,
    IdeaRefused,
    RoomClosed,
    Telling,
    TooFast,
    check_story,
    cleaned,
    key_digest,
)
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.rounds.models import Round
from games.rounds.rules import RoundState, state_of
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop

CLOSED = gettext_noop("The organizers have not told a failure story of their own yet. They go first: until then nobody is asked.")


@transaction.atomic
def tell_story(
    *,
    cycle: Cycle,
    told: Telling,
    by: Any,
    group: Group | None = None,
    audience: str = Audience.TEAMS.value,
    readers: Sequence[Group] = (),
    nameless: bool = False,
) -> tuple[Idea, str]:
    """Tell a failure in the safe room. Of a group, or (without) of the organizers, or `nameless`: then of nobody.

    Returns the story, and for one without a name the key with which alone it can be widened later; it is stored nowhere.
    Raises RoomClosed before the organizers told a story of their own, IdeaInvalid, IdeaRefused in a cycle that is over, and TooFast.
    """
    clean = cleaned(replace(told, kind=IdeaKind.FAILURE_STORY.value))
    check_story(clean, audience, nameless=nameless)
    held = locked(cycle)
    check_open(held, None if nameless else group)
    if (nameless or group is not None) and organizers_story(held) is None:
        raise RoomClosed(_(CLOSED))
    named, person = named_readers(held, audience, readers), None if nameless else acting_in(held, group, by)
    key, at = (secrets.token_urlsafe(16), _day(db_now())) if nameless else ("", db_now())
    _check_pace(held, group, at, by=by, nameless=nameless)
    story = Idea.objects.create(
        cycle=held,
        number=next_number(held),
        kind=clean.kind,
        group=None if nameless else group,
        author=person,
        audience=Audience(audience).value,
        safe=True,
        key_digest=key_digest(key) if key else "",
        shared_at=at,
        **kept_of(clean, design_of(held).sharing.required),
    )
    story.readers.set(named)
    write_version(story, clean, number=1, person=person, at=at)
    _journal(story, by=None if nameless else by, at=at, nameless=nameless)
    return story, key


def _check_pace(cycle: Cycle, group: Group | None, at: datetime, *, by: Any, nameless: bool) -> None:
    """Without a name nobody is counted: then it is all of the cycle's that day."""
    if not nameless:
        check_told(cycle, group, by, at)
    elif Idea.objects.filter(cycle=cycle, shared_at=at).exclude(key_digest="").count() >= NAMELESS_A_DAY:
        message = _("That is {nameless_a_day} stories without a name today. Go on tomorrow.", nameless_a_day=NAMELESS_A_DAY)
        raise TooFast(message, retry_after=timedelta(days=1).total_seconds())


def _day(at: datetime) -> datetime:
    """Its first moment: the hour would tell who was there."""
    return datetime.combine(at.astimezone(UTC).date(), time.min, UTC)


def _journal(story: Idea, *, by: Any, at: datetime, nameless: bool) -> None:
    """No group: telling earns nothing, and stands on no board."""
    record(
        Kind.STORY_TOLD,
        cycle_id=story.cycle_id,
        by=by,
        subject=f"idea:{story.pk}",
        payload={"idea": story.number, "audience": story.audience, "nameless": nameless},
        at=at,
    )


@transaction.atomic
def widen_by_key(*, cycle: Cycle, key: str, audience: str, by: Any) -> Idea:  # noqa: ARG001 whoever holds the key acts, and is not asked
    """Let more people read a story without a name: whoever holds its key may. Raises IdeaInvalid for another key, AudienceNarrowed."""
    story = Idea.objects.filter(cycle=cycle, safe=True, key_digest=key_digest(key)).exclude(key_digest__in=("", KEY_LOST)).first()
    if story is None:
        raise IdeaInvalid(_("No story here has this key: look at it again."), where="key")
    if audience not in NAMELESS:
        raise IdeaInvalid(_("Expected organizers, teams or everybody."), where="audience")
    return widen(idea=story, audience=audience, by=None)


@transaction.atomic
def answer_risk(*, round_: Round, text: str, by: Any) -> None:
    """Answer "what makes it risky here?" once in a round that has begun and is not closed. Nothing says who, nor when.

    Answers come into sight `ENOUGH` at a time. It is not journalled: a line there would tell the moment.
    Raises RoomClosed, IdeaInvalid for no words or too many, IdeaRefused for a second answer and in a round that is not on.
    """
    said = text.strip()
    if not said or len(said) > ANSWER or "\0" in said:
        message = _("Some words, at most {answer} characters.", answer=ANSWER)
        raise IdeaInvalid(message, where="text")
    held = Round.objects.select_for_update(of=("self",)).select_related("cycle").get(pk=round_.pk)
    check_open(held.cycle, None)
    if state_of(held.clock, db_now()) not in {RoundState.OPEN, RoundState.LOCKED}:
        raise IdeaRefused(_("The question is asked while the round is on."))
    if organizers_story(held.cycle) is None:
        raise RoomClosed(_(CLOSED))
    __, first = RiskTicket.objects.get_or_create(digest=ticket_of(held, by), defaults={"round": held})
    if not first:
        raise IdeaRefused(_("You have answered in this round. Nobody knows which answer is yours, so it cannot be changed."))
    RiskAnswer.objects.create(round=held, text=said)
    waiting = RiskAnswer.objects.filter(round=held, shown=False)
    if waiting.count() >= ENOUGH:
        waiting.update(shown=True)
