"""How many statements a request sends that hands in an entry, with and without a key: the limit is 8 in all, 4 in a transaction."""

import pytest

from bench.statements import IN_ALL, INSIDE, sent_by
from games.submissions.models import Version
from tests.cast import actor
from tests.factories.accounts import SECRET, ApiTokenFactory
from tests.factories.groups import MembershipFactory
from tests.factories.submissions import ESSAY, entry, scene

pytestmark = pytest.mark.django_db(transaction=True)
ANSWER = {"data": {"title": "On rivers"}}


@pytest.fixture
def path() -> str:
    call, ada = scene(ESSAY), actor("ada")
    MembershipFactory.create(
        cycle=call.cycle, group=call.group, person=ada.person, role="captain", capabilities=["captain", "submit"]
    )
    ApiTokenFactory.create(user=ada.user)
    made, _ = entry(call, call.group)
    return f"/api/v1/submissions/{made.pk}/versions"


@pytest.mark.parametrize("headers", [{}, {"idempotency-key": "k-{n}"}], ids=["plain", "with a key"])
def test_handing_in_keeps_the_limit(path: str, headers: dict[str, str]) -> None:
    for n in range(2):  # the first notes the use of the token
        named = {name: value.format(n=n) for name, value in headers.items()}
        sent = sent_by("POST", path, SECRET, body=ANSWER, headers=named)
    assert sent.in_all <= IN_ALL, sent.statements
    assert sent.inside <= INSIDE, sent.statements
    before = Version.objects.count()
    assert sent_by("POST", path, SECRET, body=ANSWER, headers={"idempotency-key": "once"}).inside == INSIDE
    assert sent_by("POST", path, SECRET, body=ANSWER, headers={"idempotency-key": "once"}).in_all <= IN_ALL
    assert Version.objects.count() == before + 1
