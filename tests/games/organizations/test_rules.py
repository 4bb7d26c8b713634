"""Keys, names, and how an imported list of people meets known ones. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from games.errors import Invalid
from games.organizations.rules import (
    InvitationState,
    Known,
    PersonRow,
    clean_name,
    invitation_state,
    key_from,
    merged,
    name_from_email,
)
from leaderboards.engine.spec.base import KEY_PATTERN

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "key"),
    [("Red Herons", "red-herons"), ("  École n° 7 ", "école-n-7"), ("Straße", "strasse"), ("!!!", "x"), ("北京 队", "北京-队")],
)
def test_a_key_is_made_from_the_words_of_a_name(name, key):
    assert key_from(name) == key


@given(st.text(max_size=400))
def test_every_key_made_is_a_key(name):
    import re

    assert re.fullmatch(KEY_PATTERN, key_from(name))
    assert len(key_from(name)) <= 90
    assert key_from(name) == key_from(name.upper().lower()) or name.upper().lower() != name


def test_somebody_unknown_is_written_as_listed():
    row = PersonRow("p1", "Ada", "ada@example.org")
    assert merged(row, None) == row


def test_somebody_with_an_account_stays_as_they_say_they_are():
    assert merged(PersonRow("p1", "A. Lovelace", "new@example.org"), Known("Ada", "ada@example.org", claimed=True)) is None


def test_an_empty_cell_deletes_nothing():
    known = Known("Ada", "ada@example.org", claimed=False)
    assert merged(PersonRow("p1", "", ""), known) is None
    assert merged(PersonRow("p1", "Ada L.", ""), known) == PersonRow("p1", "Ada L.", "ada@example.org")


@pytest.mark.parametrize("name", ["", "   ", "\u200b", "x" * 301])
def test_a_name_of_nothing_or_too_much_is_refused(name):
    with pytest.raises(Invalid):
        clean_name(name)


def test_an_invitation_is_good_until_the_moment_it_expires():
    states = [
        invitation_state(accepted_at=None, expires_at=NOON, now=NOON - timedelta(seconds=1)),
        invitation_state(accepted_at=None, expires_at=NOON, now=NOON),
        invitation_state(accepted_at=NOON, expires_at=NOON + timedelta(days=1), now=NOON),
    ]
    assert states == [InvitationState.GOOD, InvitationState.EXPIRED, InvitationState.ACCEPTED]


def test_of_an_address_the_first_part_is_a_name():
    assert name_from_email("ada.lovelace@example.org") == "Ada Lovelace"
