"""Those who use the API while it is measured: captains of groups, judges, each with a token."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.utils.timezone import now

from backend.accounts.models import ApiToken, User
from backend.accounts.rules import digest_of
from bench.contests import Contest
from games.groups.models import Group, Membership
from games.organizations.models import Person


def captains(contest: Contest, groups: Sequence[Group]) -> list[str]:
    """A captain for each of these groups; their tokens."""
    people = Person.objects.bulk_create(Person(key=f"{contest.cycle.key}-c{one.pk}", name=f"Captain {one.key}") for one in groups)
    return _signed_in(
        contest,
        people,
        [{"group": group, "role": "captain", "capabilities": ["captain", "submit"]} for group in groups],
    )


def judges(contest: Contest) -> list[str]:
    """The judges of the contest can sign in; their tokens."""
    return _signed_in(contest, contest.judges, [{"role": "judge", "capabilities": ["judge"]}] * len(contest.judges))


def _signed_in(contest: Contest, people: Sequence[Person], roles: Sequence[dict[str, Any]]) -> list[str]:
    """Users with tokens that were used lately: noting the first use of the hour is one statement more."""
    users = User.objects.bulk_create(User(email=f"{one.key}@example.org", name=one.name, password="!") for one in people)
    for person, user in zip(people, users, strict=True):
        person.user = user
    Person.objects.bulk_update(people, ["user"])
    moment = now()
    Membership.objects.bulk_create(
        Membership(cycle=contest.cycle, person=person, since=moment, **role) for person, role in zip(people, roles, strict=True)
    )
    secrets = [f"ludus_bench-{one.key}" for one in people]
    fresh = {"name": "bench", "expires_at": moment + timedelta(days=1), "last_used_at": moment}
    ApiToken.objects.bulk_create(
        ApiToken(user=user, digest=digest_of(secret), hint=secret[:12], **fresh)
        for user, secret in zip(users, secrets, strict=True)
    )
    return secrets
