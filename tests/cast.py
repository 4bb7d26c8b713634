"""The people of every story: ada and ben play in two teams, judith judges, org organizes, eve is signed in but outside, and a visitor.

Over a small running cycle: round "call" is open with the challenge "concept", "final" is planned with "prototype".
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils.crypto import get_random_string
from django.utils.timezone import now
from rest_framework.test import APIClient

from backend.accounts.models import User
from backend.accounts.sessions import SessionStore
from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.groups.models import Group, Membership
from games.judging.models import Panelist, Sheet
from games.organizations.models import Person
from games.permissions import Access, access_for
from games.rounds.models import Round
from tests.factories.accounts import UserFactory
from tests.factories.challenges import ChallengeFactory
from tests.factories.cycles import CycleFactory, small_design
from tests.factories.groups import GroupFactory, MembershipFactory
from tests.factories.kept import kept
from tests.factories.organizations import PersonFactory
from tests.factories.rounds import RoundFactory


def sign_in(client: Client, user: User) -> None:
    """Give the client a session of the user: the one row that signing in ends with, without the dozen statements on the way to it."""
    held = {
        SESSION_KEY: str(user.pk),
        BACKEND_SESSION_KEY: settings.AUTHENTICATION_BACKENDS[0],
        HASH_SESSION_KEY: user.get_session_auth_hash(),
    }
    row = SessionStore(get_random_string(32)).create_model_instance(held)
    row.save(force_insert=True)
    client.cookies[settings.SESSION_COOKIE_NAME] = row.session_key


@dataclass(frozen=True)
class Actor:
    """Somebody in the story, with what they hold in their hands. The visitor has neither user nor person."""

    name: str
    account: User | None = None
    identity: Person | None = None

    @property
    def user(self) -> User:
        assert self.account is not None, f"{self.name} has no account"
        return self.account

    @property
    def person(self) -> Person:
        assert self.identity is not None, f"{self.name} is no person in the game"
        return self.identity

    @property
    def access(self) -> Access:
        """What the permission table knows of them now."""
        return access_for(self.account or AnonymousUser())

    @property
    def client(self) -> Client:
        """A browser in which they are signed in."""
        return self._in(Client())

    @property
    def api(self) -> APIClient:
        """The same for the API."""
        return self._in(APIClient())

    def _in[C: Client](self, client: C) -> C:
        if self.account is not None:
            sign_in(client, self.account)
        return client


@dataclass(frozen=True)
class Cast:
    """Everybody, and where they meet."""

    ada: Actor
    ben: Actor
    judith: Actor
    org: Actor
    eve: Actor
    cycle: Cycle
    red: Group
    blue: Group
    call: Round
    final: Round
    concept: Challenge
    prototype: Challenge
    visitor: Actor = field(default_factory=lambda: Actor("visitor"))

    def everybody(self) -> tuple[Actor, ...]:
        """All six, the outsiders last."""
        return (self.ada, self.ben, self.judith, self.org, self.eve, self.visitor)

    def assign(self, judge: Actor, group: Group, challenge: Challenge | None = None, **values: Any) -> Sheet:
        """Give a judge a sheet on a group's entry, and a place on the panel."""
        task = challenge or self.concept
        Panelist.objects.get_or_create(challenge=task, panel="jury", person=judge.person)
        return Sheet.objects.create(challenge=task, group=group, panel="jury", judge=judge.person, design_number=1, **values)

    def publish(self, round_: Round, visibility: str = "full", at: datetime | None = None) -> Round:
        """Mark a round as published with what others may see of it."""
        round_.published_at, round_.visibility = at or now(), visibility
        round_.save(update_fields=["published_at", "visibility"])
        return round_


def actor(name: str, **values: Any) -> Actor:
    """Somebody with an account and their own person."""
    user = UserFactory(email=f"{name}@example.org", name=name.title(), **values)
    return Actor(name, user, PersonFactory(user=user, key=name, name=user.name, email=user.email))


def _role(someone: Actor, cycle: Cycle, role: str, *capabilities: str, group: Group | None = None) -> Membership:
    return MembershipFactory(group=group, cycle=cycle, person=someone.person, role=role, capabilities=list(capabilities))


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast, each time afresh."""
    return playing()


@kept
def playing() -> Cast:
    """The rows of the cast."""
    cycle = CycleFactory(key="water", name="Clean water", design=small_design())
    red = GroupFactory(cycle=cycle, key="red", name="Red Herons", invite_code="REDREDRED1")
    blue = GroupFactory(cycle=cycle, key="blue", name="Blue Herons", invite_code="B1VEB1VEB1")
    ada, ben, judith, org, eve = (actor(name) for name in ("ada", "ben", "judith", "org", "eve"))
    _role(ada, cycle, "captain", "captain", "submit", group=red)
    _role(ben, cycle, "captain", "captain", "submit", group=blue)
    _role(judith, cycle, "judge", "judge")
    _role(org, cycle, "organizer", "organize")
    today = now()
    call = RoundFactory(
        cycle=cycle,
        key="call",
        number=1,
        opens_at=today - timedelta(days=1),
        closes_at=today + timedelta(days=14),
        visibility="summaries",
    )
    final = RoundFactory(
        cycle=cycle,
        key="final",
        number=2,
        opens_at=today + timedelta(days=20),
        closes_at=today + timedelta(days=40),
        gated=True,
        visibility="full",
    )
    specs = {one.key: one.model_dump(mode="json", exclude_defaults=True) for one in small_design().challenges}
    concept = ChallengeFactory(round=call, key="concept", number=1, spec=specs["concept"])
    prototype = ChallengeFactory(round=final, key="prototype", number=1, spec=specs["prototype"])
    return Cast(
        ada=ada,
        ben=ben,
        judith=judith,
        org=org,
        eve=eve,
        cycle=cycle,
        red=red,
        blue=blue,
        call=call,
        final=final,
        concept=concept,
        prototype=prototype,
    )
