"""Who may read an idea grows: by its author (by the captain where the author has left the group), never back."""

from collections.abc import Sequence
from typing import Any

from django.db import transaction

from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas.models import Idea
from games.ideas.rules import ORDER, Audience, AudienceNarrowed, IdeaInvalid, IdeaRefused, widens
from games.journal.actions import record
from games.journal.rules import Kind
from leaderboards.engine.language import gettext as _


def named_readers(cycle: Cycle, audience: str, readers: Sequence[Group]) -> list[Group]:
    """The groups it is shared with by name. Raises IdeaInvalid where some are missing, of another cycle, or not asked for."""
    if audience not in set(Audience):
        message = _("Expected one of {names}.", names=", ".join(Audience))
        raise IdeaInvalid(message, where="audience")
    if audience != Audience.GROUPS.value:
        return []
    if not readers:
        raise IdeaInvalid(_("Name at least one team that may read it."), where="readers")
    if any(one.cycle_id != cycle.pk for one in readers):
        raise IdeaInvalid(_("A team is of another cycle."), where="readers")
    return list({one.pk: one for one in readers}.values())


@transaction.atomic
def widen(*, idea: Idea, audience: str, by: Any, readers: Sequence[Group] = ()) -> Idea:
    """Let more people read it. Groups that were named stay named; naming more of them widens too.

    The check is the UPDATE's own: of two at the same moment the wider one wins. Raises AudienceNarrowed, IdeaInvalid, and IdeaRefused
    for what stands for an entry: that is read by whoever may read the entry.
    """
    named = named_readers(idea.cycle, audience, readers)
    asked = Audience(audience)
    row = Idea.objects.select_for_update(of=("self",), no_key=True).select_related("cycle").get(pk=idea.pk)
    if row.submission_id is not None or row.attempt_id is not None:
        raise IdeaRefused(_("It stands for an entry: whoever may read the entry may read it."))
    if not widens(Audience(row.audience), asked):
        raise AudienceNarrowed(_("Who may read an idea only grows: what was read cannot be unread."), where="audience")
    narrower = [one.value for one in ORDER if widens(one, asked)]
    Idea.objects.filter(pk=row.pk, audience__in=narrower).update(audience=asked.value)
    row.readers.add(*named)
    row.audience = asked.value
    record(
        Kind.IDEA_WIDENED,
        cycle_id=row.cycle_id,
        by=by,
        group_id=row.group_id,
        subject=f"idea:{row.pk}",
        payload={"idea": row.number, "audience": asked.value, "readers": sorted(one.pk for one in named)},
    )
    return row
