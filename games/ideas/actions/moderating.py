"""Organizers take an idea out of sight, with a reason its authors read, and show it again."""

from typing import Any

from django.db import transaction

from games.ideas.models import Idea
from games.ideas.rules import TEXT, IdeaInvalid, IdeaRefused
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from leaderboards.engine.language import gettext as _


@transaction.atomic
def hide(*, idea: Idea, why: str, by: Any) -> Idea:
    """Nobody but its group and organizers sees it any more; what was built on it stays. Raises IdeaInvalid without a reason."""
    said = why.strip()
    if not said or len(said) > TEXT or "\0" in said:
        raise IdeaInvalid(_("Say why: its authors read it."), where="why")
    if not Idea.objects.filter(pk=idea.pk, hidden_at__isnull=True).update(hidden_at=db_now(), hidden_why=said):
        raise IdeaRefused(_("It is hidden already."))
    return _journalled(idea, by=by, hidden=True)


@transaction.atomic
def show_again(*, idea: Idea, by: Any) -> Idea:
    """Whoever could read it before may read it again."""
    if not Idea.objects.filter(pk=idea.pk, hidden_at__isnull=False).update(hidden_at=None, hidden_why=""):
        raise IdeaRefused(_("It is not hidden."))
    return _journalled(idea, by=by, hidden=False)


def _journalled(idea: Idea, *, by: Any, hidden: bool) -> Idea:
    row = Idea.objects.select_related("cycle", "group").get(pk=idea.pk)
    record(
        Kind.IDEA_HIDDEN,
        cycle_id=row.cycle_id,
        by=by,
        group_id=row.group_id,
        subject=f"idea:{row.pk}",
        payload={"idea": row.number, "hidden": hidden},
    )
    return row
