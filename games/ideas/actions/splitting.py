"""One idea becomes several: each part is an idea of its own that came from it; the origin stays to be read."""

from collections.abc import Sequence
from typing import Any, Final

from django.db import transaction

from games.cycles.actions import locked
from games.ideas.actions.sharing import check_open, share_idea
from games.ideas.models import CreditShare, Derivation, Idea
from games.ideas.queries.standing import acting_in
from games.ideas.rules import DerivationKind, IdeaInvalid, IdeaRefused, Telling
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from leaderboards.engine.language import gettext as _

FEWEST: Final = 2
MOST: Final = 10


@transaction.atomic
def split_idea(*, idea: Idea, parts: Sequence[Telling], by: Any) -> list[Idea]:
    """Share each part as an idea of the same team, for the same readers, credited as the origin. Raises IdeaInvalid, IdeaRefused."""
    if not FEWEST <= len(parts) <= MOST:
        message = _("An idea is split into {fewest} to {most} parts.", fewest=FEWEST, most=MOST)
        raise IdeaInvalid(message, where="parts")
    cycle = locked(idea.cycle)
    origin = Idea.objects.select_related("group", "challenge__round").get(pk=idea.pk)
    check_open(cycle, origin.group)
    _check(origin)
    shares = list(CreditShare.objects.filter(idea=origin))
    readers, at, person = list(origin.readers.all()), db_now(), acting_in(cycle, origin.group, by)
    made = []
    for told in parts:
        one = share_idea(
            cycle=cycle,
            group=origin.group,
            told=told,
            by=by,
            audience=origin.audience,
            readers=readers,
            challenge=origin.challenge,
        )
        Derivation.objects.create(source=origin, target=one, kind=DerivationKind.SPLITS.value, by=person, at=at)
        CreditShare.objects.filter(idea=one).delete()
        CreditShare.objects.bulk_create(
            [CreditShare(idea=one, group_id=each.group_id, basis_points=each.basis_points) for each in shares]
        )
        made.append(one)
    record(
        Kind.IDEA_SPLIT,
        cycle_id=cycle.pk,
        by=by,
        group_id=origin.group_id,
        subject=f"idea:{origin.pk}",
        payload={"idea": origin.number, "parts": [one.number for one in made]},
    )
    return made


def _check(origin: Idea) -> None:
    if origin.submission_id is not None or origin.attempt_id is not None:
        raise IdeaRefused(_("It stands for an entry, and is told by it: share an idea of your own that builds on it."))
    if origin.merged_into_id is not None:
        raise IdeaRefused(_("It was merged into another idea: that one goes on."))
    if origin.safe or origin.hidden_at is not None:
        raise IdeaRefused(_("Only ideas that are in sight, outside the safe room, are split."))
