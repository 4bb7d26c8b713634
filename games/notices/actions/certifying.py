"""Told of certificates and badges: that one was taken back. That there is one, its holders hear with the award, or asked for it."""

from collections.abc import Callable, Mapping
from typing import Final

from games.credentials.models import Credential
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.notices.actions.outbox import absolute
from games.notices.actions.outcomes import subject_of
from games.notices.actions.telling import tell_all
from games.notices.queries import members_of, with_address
from games.organizations.models import Person


def on_credential_revoked(entry: JournalEntry) -> int:
    """To whom it names, or to the group; nobody is told of what they did themselves."""
    row = subject_of(entry, Credential, "cycle", "group")
    if row is None or row.given_up:
        return 0
    people = members_of([row.group_id]) if row.person_id is None else with_address(Person.objects.filter(pk=row.person_id))
    context = {"credential": row, "cycle": row.cycle, "group": row.group, "link": absolute(f"/verify/{row.public_id}/")}
    return tell_all("credential.revoked", people, key=f"credential:{row.pk}", context=context, cycle_id=row.cycle_id)


HANDLERS: Final[Mapping[Kind, Callable[[JournalEntry], int]]] = {Kind.CREDENTIAL_REVOKED: on_credential_revoked}
