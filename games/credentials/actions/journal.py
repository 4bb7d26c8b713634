"""What happens to a credential, in the journal: ids, keys and numbers only."""

from typing import Any

from games.credentials.models import Credential
from games.journal.actions import record
from games.journal.rules import Kind


def journal(kind: Kind, row: Credential, *, by: Any, **payload: Any) -> None:
    """One entry about it."""
    said = {"source": row.source, "key": row.key, "personal": row.person_id is not None, **payload}
    record(kind, cycle_id=row.cycle_id, by=by, group_id=row.group_id, subject=f"credential:{row.pk}", payload=said)
