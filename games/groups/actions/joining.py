"""Ways into a group that is there: by its code, by asking, by invitation."""

from typing import Any

from django.db import IntegrityError, transaction

from games.groups.actions.members import add_member, held_group, in_no_other_group
from games.groups.models import Group, JoinRequest, Membership
from games.groups.queries import group_by_code, waiting_in
from games.groups.rules import CodeUnknown, GroupRefused, JoinState, new_invite_code
from games.journal.actions import record
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.organizations.actions import invite, waiting_person
from games.organizations.models import Invitation, Person
from leaderboards.engine.language import gettext as _

MESSAGE_LENGTH = 2_000


@transaction.atomic
def join_by_code(code: str, *, by: Any, person: Person) -> Membership:
    """Join the group whose code this is. Raises CodeUnknown, GroupFull, GroupRefused (in another group already, cycle over)."""
    found = group_by_code(code)
    if found is None:
        message = _("No team has this code. Codes change when a captain renews them.")
        raise CodeUnknown(message, where="code")
    group = held_group(found)
    membership = add_member(group, person, by=by)
    JoinRequest.objects.filter(group=group, person=person, state=JoinState.ASKED.value).update(
        state=JoinState.ACCEPTED.value, settled_at=db_now()
    )
    return membership


@transaction.atomic
def renew_code(group: Group, *, by: Any) -> str:
    """Give the group a new code; the old one no longer works."""
    del by  # a code is no fact of the game
    row = held_group(group)
    row.invite_code = new_invite_code()
    row.save(update_fields=["invite_code"])
    return row.invite_code


@transaction.atomic
def ask_to_join(group: Group, *, by: Any, person: Person, message: str = "") -> JoinRequest:
    """Ask to join; the captain answers. Asking twice gives the request that is open. Raises GroupRefused."""
    row = held_group(group)
    if Membership.objects.filter(group=row, person=person, until__isnull=True).exists():
        text = _("You are in this team already.")
        raise GroupRefused(text)
    in_no_other_group(person, row.cycle, kind=row.kind, but=row)
    try:
        with transaction.atomic():
            request = JoinRequest.objects.create(group=row, person=person, message=message.strip()[:MESSAGE_LENGTH])
    except IntegrityError:
        return JoinRequest.objects.get(group=row, person=person, state=JoinState.ASKED.value)
    record(Kind.JOIN_ASKED, cycle_id=row.cycle_id, group_id=row.pk, by=by, subject=f"join_request:{request.pk}")
    return request


@transaction.atomic
def settle_request(request: JoinRequest, *, accept: bool, by: Any) -> JoinRequest:
    """The captain says yes or no. Raises GroupFull, GroupRefused (answered before, in another group meanwhile)."""
    group = held_group(request.group)
    wanted = JoinState.ACCEPTED if accept else JoinState.REFUSED
    open_ = JoinRequest.objects.filter(pk=request.pk, state=JoinState.ASKED.value)
    if not open_.update(state=wanted.value, settled_at=db_now()):
        message = _("This request was answered before.")
        raise GroupRefused(message)
    request = JoinRequest.objects.select_related("person").get(pk=request.pk)
    if accept:
        add_member(group, request.person, by=by)
    record(
        Kind.JOIN_SETTLED,
        cycle_id=group.cycle_id,
        group_id=group.pk,
        by=by,
        subject=f"join_request:{request.pk}",
        payload={"state": wanted.value},
    )
    return request


@transaction.atomic
def invite_member(group: Group, *, by: Any, email: str, name: str = "") -> tuple[Membership, Invitation, str]:
    """Keep a place in the group for somebody and mail them the link; returns also the secret of the link.

    The person is unclaimed until they accept: they count as a member, cannot sign in, and the captain may take them out again.
    Raises Invalid, GroupFull, GroupRefused.
    """
    row = held_group(group)
    person = waiting_person(email, name=name, organization=row.cycle.organization, among=waiting_in(row.cycle))
    membership = add_member(row, person, by=by)
    invitation, secret = invite(person, by=by, next_path=group_path(row), cycle_id=row.cycle_id, group_id=row.pk)
    return membership, invitation, secret


def group_path(group: Group) -> str:
    """Where the page of a group is."""
    return f"/cycles/{group.cycle.key}/teams/{group.key}/"
