"""Leaving for good: what names a person goes, what they did stays, under a pseudonym that leads nowhere."""

from django.db import transaction
from django.db.models import Q

from backend.accounts.models import User
from backend.accounts.rules import LastOwner
from games.credentials.actions import forget_people
from games.groups.models import JoinRequest, Membership
from games.ideas.models import IdeaDraft
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.judging.models import ConflictOfInterest, Sheet
from games.notices.models import Message, Notice
from games.organizations.models import Invitation, Person
from leaderboards import readers
from leaderboards.engine.language import gettext as _

GONE = "Somebody who left"


@transaction.atomic
def forget(user: User, *, by: User) -> None:
    """Delete an account with all that names its person, and what only that person was to read. Raises LastOwner.

    What goes: name, address, password, mails, notices, settings, tokens, links, invitations, requests to join, affiliations, own notes on
    sheets, reasons given for a conflict, drafts of ideas, certificates in their own name. What stays, so that no result changes: entries, marks, comments to teams, votes, and the journal,
    whose chain holds: it knows a pseudonym, and its only link to the person was the row deleted here. Parts in cycles end; sessions lead
    to nobody. Names that stand in published decisions stay in the record.
    """
    owners = list(User.objects.select_for_update().filter(is_superuser=True, is_active=True).order_by("pk"))
    if [one.pk for one in owners] == [user.pk]:
        message = _("The instance needs an owner: make somebody else one first.")
        raise LastOwner(message)
    people = list(Person.objects.select_for_update(of=("self",)).filter(user=user).order_by("pk"))
    ids = [one.pk for one in people]
    addresses = {user.email, *(one.email for one in people if one.email)}
    record(Kind.ACCOUNT_CHANGED, cycle_id=None, by=by, subject=f"user:{user.pk}", payload={"change": "deleted"})
    Membership.objects.filter(person_id__in=ids, until__isnull=True).update(until=db_now())
    Membership.objects.filter(person_id__in=ids).update(affiliation="")
    Sheet.objects.filter(judge_id__in=ids).update(note="")
    ConflictOfInterest.objects.filter(person_id__in=ids).update(reason="", lifted_reason="")
    for rows in (Invitation.objects, JoinRequest.objects, Notice.objects, IdeaDraft.objects):
        rows.filter(person_id__in=ids).delete()
    forget_people(ids)
    Message.objects.filter(Q(to__in=addresses) | Q(person_id__in=ids)).delete()
    Person.objects.filter(pk__in=ids).update(name=GONE, email="", user=None)
    gone = user.pk
    user.delete()
    transaction.on_commit(lambda: readers.changed([gone]))
