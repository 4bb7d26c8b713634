"""One key follows another: whoever pinned either may trust the other, a retired key keeps what it signed, a stolen one loses everything."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils.timezone import now

from games.credentials import actions
from games.credentials.models import KeyStatement, SigningKey
from games.credentials.queries import present_key
from games.credentials.queries.keys import key_chain, receipt_here
from games.credentials.rules import CredentialRefused
from games.credentials.rules.signing import base64url
from leaderboards import receipts
from leaderboards.actions import publish
from leaderboards.models import Board, Snapshot
from leaderboards.proof import instant, receipt
from leaderboards.receipts import Finding, Point
from tests.cast import Cast
from tests.leaderboards import verifier

pytestmark = pytest.mark.django_db
NEXT = base64url(bytes(range(1, 33)))
LAST = base64url(bytes(range(2, 34)))
ROW = {"entry": "red", "line": 0, "name": "Red", "bracket": "", "rank": 1, "place": "1", "score": "9"}
REST = {"keys": ["9"], "values": {}, "status": "ranked", "pending": 0}


def snapshot_of(cast: Cast, **more: Any) -> Snapshot:
    board, _ = Board.objects.get_or_create(scope=cast.cycle.pk, key="result", defaults={"number": 1, "name": "Result"})
    names: dict[str, Any] = ROW | REST | more
    board.standings.update_or_create(entry="red", audience="public", defaults=names)
    made = publish(board, design_number=1, now=now())
    assert made is not None
    return made


def said(snapshot: Snapshot) -> dict[str, Any]:
    found = receipt(snapshot, "red")
    assert found is not None
    return found


def test_a_house_signs_with_its_own_key_and_knows_what_it_signed(cast: Cast) -> None:
    made = snapshot_of(cast)
    shown = said(made)
    assert shown["statement"]["cycle"] == cast.cycle.key
    assert verifier.accepts(shown, present_key().kid)
    checked, known = receipt_here(json.dumps(shown).encode())
    assert checked.holds
    assert known is not None
    assert (known.key, known.snapshot, known.newer) == ("believed", made, 0)
    snapshot_of(cast, score="10")
    _, known = receipt_here(json.dumps(shown).encode())
    assert known is not None
    assert known.newer == 1


def test_from_a_pinned_key_one_comes_to_every_later_and_every_earlier_one(cast: Cast, settings: Any) -> None:
    first, old = said(snapshot_of(cast)), present_key().kid
    actions.hand_over(NEXT)
    settings.SIGNING_KEY = NEXT
    second, middle = said(snapshot_of(cast, score="10")), present_key().kid
    actions.hand_over(LAST)
    settings.SIGNING_KEY = LAST
    third, newest = said(snapshot_of(cast, score="11")), present_key().kid
    chain = key_chain()["chain"]
    assert len({old, middle, newest}) == 3
    for shown in (first, second, third):
        for pinned in (old, middle, newest):
            assert receipts.check(shown, pinned=[pinned], chain=chain).holds, (shown["statement"]["number"], pinned)
    assert receipts.check(third, pinned=[old], chain=chain).way == (old, middle, newest)
    assert receipts.check(third, pinned=[old]).findings[Point.TRUSTED] is Finding.FAILS
    for one in chain:
        assert all(verifier.signed(one["statement"], one[side], one["statement"][side]["x"]) for side in ("before", "after"))


def test_a_retired_key_proves_nothing_that_is_dated_after_its_end(cast: Cast, settings: Any) -> None:
    old = present_key()
    shown = said(snapshot_of(cast))
    actions.hand_over(NEXT)
    settings.SIGNING_KEY = NEXT
    late = shown["statement"] | {"published_at": instant(now() + timedelta(days=1))}
    forged = shown | {"statement": late, "signature": base64url(old.sign(receipts.canonical(late)))}
    chain = key_chain()["chain"]
    assert receipts.check(shown, pinned=[present_key().kid], chain=chain).holds
    assert receipts.check(forged, pinned=[present_key().kid], chain=chain).findings[Point.TRUSTED] is Finding.FAILS
    for undated in ("", "2027", None):
        other = shown["statement"] | {"published_at": undated}
        forged = shown | {"statement": other, "signature": base64url(old.sign(receipts.canonical(other)))}
        assert receipts.check(forged, pinned=[present_key().kid], chain=chain).findings[Point.TRUSTED] is Finding.FAILS


def test_a_statement_about_keys_needs_both_signatures(cast: Cast) -> None:
    shown = said(snapshot_of(cast))
    actions.hand_over(NEXT)
    one = key_chain()["chain"][0]
    assert receipts.follows(one) is not None
    assert receipts.follows(one | {"after": one["before"]}) is None
    assert receipts.follows(one | {"statement": one["statement"] | {"at": ""}}) is None
    after = one["statement"]["after"]["kid"]
    assert not receipts.check(shown, pinned=[after], chain=[one | {"after": one["before"]}, "junk", {}]).holds  # type: ignore[list-item]


def test_a_stolen_key_leaves_the_chain_and_signs_no_more(cast: Cast) -> None:
    shown = said(snapshot_of(cast))
    actions.hand_over(NEXT)
    actions.withdraw_key(present_key().kid, by=None, reason="It was in a public repository.")
    assert key_chain()["chain"] == []
    assert SigningKey.objects.get().withdrawn_at is not None
    made = snapshot_of(cast, score="10")
    assert receipt(made, "red") is None, "published all the same, and unsigned"
    checked, known = receipt_here(json.dumps(shown).encode())
    assert known is not None
    assert known.key == "withdrawn"
    assert not checked.holds
    with pytest.raises(CredentialRefused):
        actions.hand_over(LAST)


def test_a_key_does_not_follow_itself(settings: Any) -> None:
    settings.SIGNING_KEY = NEXT
    with pytest.raises(CredentialRefused):
        actions.hand_over(NEXT)
    assert not KeyStatement.objects.exists()
