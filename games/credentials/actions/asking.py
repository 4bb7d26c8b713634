"""Credentials are asked for: by an award that was given, by a team, by a member for themselves. A worker makes them."""

from collections.abc import Collection
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from games.credentials.actions.journal import journal
from games.credentials.models import Credential
from games.credentials.queries import GIVEN, HELD, Ground, was_member
from games.credentials.rules import AskedTwice, CredentialRefused, CredentialState, SourceKind
from games.credentials.rules.claims import clean_name
from games.groups.models import Group
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.recognition.models import Grant
from leaderboards.engine.language import gettext as _


def ask(group: Group, *, source: SourceKind, key: str, title: str, by: Any, **values: Any) -> Credential:
    """A row that a worker will make a credential of. Raises AskedTwice."""
    where = {"cycle_id": group.cycle_id, "group": group, "source": source.value, "key": key}
    try:
        with transaction.atomic():
            made = Credential.objects.create(**where, title=title[:300], asked_at=db_now(), **values)
    except IntegrityError as error:
        message = _("There is one already.")
        raise AskedTwice(message) from error
    journal(Kind.CREDENTIAL_ASKED, made, by=by)
    return made


def ask_for_group(ground: Ground, *, by: Any) -> Credential:
    """A credential that names the whole group. Raises AskedTwice, CredentialRefused."""
    if ground.person is not None:
        message = _("This badge was earned by a person, not by the team.")
        raise CredentialRefused(message)
    return _group_ask(ground, by=by)


@transaction.atomic
def _group_ask(ground: Ground, *, by: Any) -> Credential:
    grant = _grant(ground)
    before = Credential.objects.filter(
        cycle=ground.cycle, group=ground.group, source=ground.source.value, key=ground.key, person__isnull=True
    )
    _refuse_after_ruling(before, grant)
    return ask(ground.group, source=ground.source, key=ground.key, title=ground.title, by=by, grant=grant, name=ground.group.name)


@transaction.atomic
def ask_for_oneself(ground: Ground, *, persons: Collection[int], name: str, with_address: bool = False, by: Any) -> Credential:
    """A credential of a member's own, with the name that they wish. `persons`: who they are in the game.

    Raises NameInvalid, AskedTwice, CredentialRefused to whoever was not in the group then, and after organizers took one back.
    """
    said, grant = clean_name(name), _grant(ground)
    place = was_member(ground.group.pk, persons, ground.at)
    if place is None or (ground.person is not None and ground.person not in persons):
        message = _("Only members of the team may have one of their own.")
        raise CredentialRefused(message)
    before = Credential.objects.filter(
        cycle=ground.cycle, group=ground.group, source=ground.source.value, key=ground.key, person__in=persons
    )
    _refuse_after_ruling(before, grant)
    if before.filter(state__in=HELD).exists():
        message = _("You have one already.")
        raise AskedTwice(message)
    values = {"person": place.person, "grant": grant, "name": said, "wanted": {"with_address": with_address}}
    return ask(ground.group, source=ground.source, key=ground.key, title=ground.title, by=by, **values)


def _refuse_after_ruling(before: QuerySet[Credential], grant: Grant | None) -> None:
    """What organizers took back is not asked for again; an award that was given anew is another one."""
    if before.filter(state=CredentialState.REVOKED.value, given_up=False, grant=grant).exists():
        message = _("The organizers took this credential back: ask them.")
        raise CredentialRefused(message)


def _grant(ground: Ground) -> Grant | None:
    if ground.source is not SourceKind.GRANT:
        return None
    return Grant.objects.filter(cycle=ground.cycle, award=ground.key, group=ground.group, state__in=GIVEN).first()
