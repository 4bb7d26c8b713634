"""What is being written, kept as it is typed. It is its writer's alone, and not journalled."""

import json
from collections.abc import Mapping
from typing import Any, Final

from django.db import transaction

from games.cycles.models import Cycle
from games.groups.models import Group
from games.ideas.models import Idea, IdeaDraft
from games.ideas.rules import IdeaInvalid, IdeaRefused
from games.organizations.models import Person
from leaderboards.engine.language import gettext as _

DRAFT_BYTES: Final = 256 * 1024
DRAFTS: Final = 30
"""So many a person may have open in a cycle."""


@transaction.atomic
def save_draft(
    *,
    cycle: Cycle,
    person: Person,
    content: Mapping[str, Any],
    by: Any,  # noqa: ARG001 every action says who acts; a draft is not journalled
    group: Group | None = None,
    idea: Idea | None = None,
    draft: IdeaDraft | None = None,
) -> IdeaDraft:
    """Keep what somebody writes: a new idea (for a group, or without), or the next version of `idea`. Raises IdeaInvalid if it is too long."""
    kept = {name: _plain(value) for name, value in content.items()}
    if len(json.dumps(kept)) > DRAFT_BYTES:
        message = _("A draft may have at most {draft_bytes} bytes.", draft_bytes=DRAFT_BYTES)
        raise IdeaInvalid(message)
    if draft is not None:
        row = IdeaDraft.objects.select_for_update(of=("self",)).filter(pk=draft.pk, person=person).first()
        if row is None:
            raise IdeaRefused(_("The draft is gone: it was shared, or thrown away, in another window."))
        row.content = kept
        row.save(update_fields=["content", "saved_at"])
        return row
    if IdeaDraft.objects.filter(cycle=cycle, person=person).count() >= DRAFTS:
        message = _("You have {drafts} drafts: share or throw away one of them first.", drafts=DRAFTS)
        raise IdeaRefused(message)
    return IdeaDraft.objects.create(cycle=cycle, person=person, group=group, idea=idea, content=kept)


def _plain(value: Any) -> Any:
    """Text without the null character, which no database keeps in JSON."""
    if isinstance(value, str):
        return value.replace("\0", "")
    return [_plain(one) for one in value] if isinstance(value, list) else value


@transaction.atomic
def drop_draft(*, draft: IdeaDraft, by: Any) -> None:  # noqa: ARG001 every action says who acts
    """Throw it away."""
    IdeaDraft.objects.filter(pk=draft.pk).delete()
