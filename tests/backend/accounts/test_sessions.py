"""A session is what the framework wrote, and holds until it runs out."""

from datetime import timedelta

import pytest
from django.conf import settings
from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils.timezone import now

from backend.accounts.sessions import SessionStore
from tests.cast import Cast

pytestmark = pytest.mark.django_db


def key_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def test_a_session_holds_until_it_runs_out(cast: Cast) -> None:
    client = cast.ada.client
    assert client.get("/desk/").status_code == 200
    Session.objects.filter(pk=key_of(client)).update(expire_date=now() - timedelta(seconds=1))
    assert client.get("/desk/").status_code == 302


def test_it_is_read_as_the_framework_reads_it_by_one_statement(cast: Cast, django_assert_num_queries) -> None:
    client = Client()
    client.force_login(cast.ada.user)
    with django_assert_num_queries(1):
        read = SessionStore(key_of(client)).load()
    assert read == db.SessionStore(key_of(client)).load() != {}


def test_a_key_that_nobody_has_is_no_key(cast: Cast) -> None:
    store = SessionStore("0" * 32)
    assert (store.load(), store.session_key) == ({}, None)


def test_the_cast_is_signed_in_as_by_signing_in(cast: Cast) -> None:
    signing_in = Client()
    signing_in.force_login(cast.ada.user)
    assert dict(cast.ada.client.session.items()) == dict(signing_in.session.items())
