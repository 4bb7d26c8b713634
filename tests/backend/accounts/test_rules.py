"""Secrets, names, paths, locks. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.accounts.rules import (
    PER_ADDRESS,
    TOKEN_LIFE,
    DoorLocked,
    LinkState,
    clean_email,
    clean_name,
    digest_of,
    link_state,
    new_token,
    safe_path,
    token_expiry,
)
from games.errors import Invalid

NOON = datetime(2027, 3, 1, 12, tzinfo=UTC)


def test_a_token_says_whose_it_is_and_none_is_like_another():
    assert new_token().startswith("ludus_")
    assert new_token() != new_token()


def test_the_digest_is_sha_256_of_the_secret():
    assert digest_of("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


@pytest.mark.parametrize("path", ["/", "/cycles/water/?a=1#x", "/é/"])
def test_a_path_of_this_site_is_kept(path):
    assert safe_path(path) == path


@pytest.mark.parametrize(
    "path",
    [
        "",
        "https://evil.example/",
        "//evil.example",
        "/\\evil.example",
        "javascript:x",
        "/a\\b",
        "/a\nb",
        "cycles",
        "/" + "x" * 500,
    ],
)
def test_a_way_out_of_this_site_is_dropped(path):
    assert safe_path(path) == ""


def test_five_failures_are_free_then_waits_double_to_half_an_hour():
    waits = [PER_ADDRESS.shut_for(failures).total_seconds() / 60 for failures in range(12)]
    assert waits == [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30]


@given(st.integers(0, 10**9))
def test_no_number_of_failures_locks_for_longer(failures):
    assert timedelta(0) <= PER_ADDRESS.shut_for(failures) <= PER_ADDRESS.longest


def test_a_locked_door_says_when_to_try_again():
    locked = DoorLocked(NOON + timedelta(minutes=2), now=NOON)
    assert locked.message.startswith("Too many tries. Wait 2 minutes, until 12:02 UTC")
    assert locked.retry_after == 120


def test_a_link_is_good_until_the_moment_it_expires():
    day = timedelta(days=1)
    assert link_state(used_at=None, expires_at=NOON, now=NOON - day) is LinkState.GOOD
    assert link_state(used_at=None, expires_at=NOON, now=NOON) is LinkState.EXPIRED
    assert link_state(used_at=NOON, expires_at=NOON + day, now=NOON) is LinkState.USED


def test_a_token_ends_as_wished_within_a_year():
    assert token_expiry(None, now=NOON) == NOON + TOKEN_LIFE
    assert token_expiry(NOON + timedelta(days=366), now=NOON) == NOON + timedelta(days=366)
    for wanted in (NOON, NOON + timedelta(days=367)):
        with pytest.raises(Invalid):
            token_expiry(wanted, now=NOON)


def test_addresses_differ_in_no_way_people_cannot_see():
    assert clean_email(" Ada@EXAMPLE.org ") == "ada@example.org"
    assert clean_name("  Ada \u202e Lovelace ") == "Ada Lovelace"
