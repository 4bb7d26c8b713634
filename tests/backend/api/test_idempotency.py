from datetime import timedelta

import orjson
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.http import QueryDict
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory, force_authenticate
from rest_framework.views import APIView

from backend.accounts.models import ApiToken, User
from backend.api import idempotency
from backend.api.idempotency import KEPT_FOR, LEASE, Idempotent, body_hash, forget_old
from backend.api.models import IdempotencyRecord
from backend.api.parsers import JSONParser
from games.errors import Conflict
from games.journal.actions import proving, record
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind

pytestmark = pytest.mark.django_db


class Notes(Idempotent, APIView):
    permission_classes = ()
    parser_classes = (JSONParser, MultiPartParser)

    def post(self, request):
        with transaction.atomic():
            User.objects.filter(pk=request.user.pk).update(name="written")
            made = ApiToken.objects.create(
                user=request.user, name=request.data["name"], digest=str(ApiToken.objects.count()), expires_at=db_now()
            )
            if made.name == "refuse":
                raise Conflict("Not now.")
            if made.name == "break":
                raise ZeroDivisionError
        return Response({"id": made.pk}, status=201, headers={"Location": f"/notes/{made.pk}", "X-Other": "1"})


@pytest.fixture
def ada():
    return User.objects.create(email="ada@example.org", name="Ada", password="x")


@pytest.fixture
def ben():
    return User.objects.create(email="ben@example.org", name="Ben", password="x")


def send(user, data, key, view=Notes, path="/notes", **options):
    headers = {} if key is None else {"Idempotency-Key": key}
    request = APIRequestFactory().post(path, data, headers=headers, **{"format": "json", **options})
    force_authenticate(request, user=user)
    response = view.as_view()(request)
    if hasattr(response, "render"):
        response.render()
    return response


def code_of(response):
    return response.status_code, orjson.loads(response.content)["code"]


def test_a_repeated_request_gets_the_first_answer_and_does_nothing(ada):
    first = send(ada, {"name": "one", "x": 1}, "k-1")
    again = send(ada, {"x": 1, "name": "one"}, "k-1")
    assert (again.status_code, again.content) == (201, first.content)
    assert again.headers["Location"] == first.headers["Location"]
    assert again.headers["Idempotency-Replayed"] == "true"
    assert "Idempotency-Replayed" not in first.headers
    assert "X-Other" not in again.headers
    assert ApiToken.objects.count() == 1


def test_without_a_key_each_request_counts(ada):
    assert [send(ada, {"name": "one"}, None).status_code for _ in range(2)] == [201, 201]
    assert ApiToken.objects.count() == 2
    assert not IdempotencyRecord.objects.exists()


def test_the_same_key_with_another_body_is_refused(ada):
    send(ada, {"name": "one"}, "k-1")
    assert code_of(send(ada, {"name": "two"}, "k-1")) == (422, "idempotency_key_reused")


def test_keys_of_other_people_and_places_are_other_keys(ada, ben):
    answers = [send(ada, {"name": "one"}, "k-1"), send(ben, {"name": "one"}, "k-1"), send(ada, {"name": "one"}, "k-1", path="/o")]
    assert len({one.content for one in answers}) == 3


def test_a_request_beside_the_first_one_is_told_to_wait(ada):
    digest = body_hash({"name": "one"})
    IdempotencyRecord.objects.create(user=ada, path="/notes", key="k-1", body_hash=digest, claimed_at=db_now())
    assert code_of(send(ada, {"name": "one"}, "k-1")) == (409, "idempotency_in_progress")
    assert not ApiToken.objects.exists()


def test_work_that_died_with_its_process_is_done_by_the_next_request(ada):
    digest, long_ago = body_hash({"name": "one"}), db_now() - LEASE - timedelta(seconds=1)
    IdempotencyRecord.objects.create(user=ada, path="/notes", key="k-1", body_hash=digest, claimed_at=long_ago)
    assert send(ada, {"name": "one"}, "k-1").status_code == 201
    assert send(ada, {"name": "one"}, "k-1").headers["Idempotency-Replayed"] == "true"


def test_work_that_lost_its_claim_to_another_request_is_undone(ada, monkeypatch):
    store = idempotency._store

    def late(record, response):
        record.claimed_at -= LEASE  # as if another request had claimed it since
        store(record, response)

    monkeypatch.setattr(idempotency, "_store", late)
    assert code_of(send(ada, {"name": "one"}, "k-1")) == (409, "idempotency_in_progress")
    assert not ApiToken.objects.exists()
    assert IdempotencyRecord.objects.count() == 1


@pytest.mark.parametrize("name", ["refuse", "break"])
def test_a_refused_or_broken_request_may_be_sent_again(ada, name):
    if name == "break":
        with pytest.raises(ZeroDivisionError):
            send(ada, {"name": name}, "k-1")
    else:
        assert code_of(send(ada, {"name": name}, "k-1")) == (409, "conflict")
    assert not IdempotencyRecord.objects.exists()
    assert User.objects.get().name == "Ada"
    assert send(ada, {"name": "fine"}, "k-1").status_code == 201


@pytest.mark.parametrize("key", ["", " " * 3 + "é", "x" * 201])
def test_a_key_that_is_not_plain_short_text_is_refused(ada, key):
    assert code_of(send(ada, {"name": "one"}, key)) == (400, "idempotency_key_invalid")


def test_an_answer_that_is_a_secret_is_not_kept(ada):
    class Secret(Notes):
        idempotent = False

    assert [send(ada, {"name": "one"}, "k-1", view=Secret).status_code for _ in range(2)] == [201, 201]
    assert not IdempotencyRecord.objects.exists()


def test_after_a_day_a_key_is_new_and_its_record_goes(ada):
    send(ada, {"name": "one"}, "k-1")
    IdempotencyRecord.objects.update(claimed_at=db_now() - KEPT_FOR)
    assert send(ada, {"name": "two"}, "k-1").status_code == 201
    IdempotencyRecord.objects.update(claimed_at=db_now() - KEPT_FOR)
    assert forget_old(now=db_now()) == 1
    assert not IdempotencyRecord.objects.exists()


def test_a_file_is_told_apart_by_its_bytes_and_still_readable():
    def form(content):
        data = QueryDict(mutable=True)
        data["name"] = "one"
        data["file"] = SimpleUploadedFile("a.txt", content)
        return data

    data = form(b"abc")
    assert body_hash(data) == body_hash(form(b"abc")) != body_hash(form(b"abd"))
    assert data["file"].read() == b"abc"


def test_a_key_costs_few_statements(ada, django_assert_max_num_queries):
    with django_assert_max_num_queries(13):
        send(ada, {"name": "one"}, "k-1")


# --- Acts that bear their claim in the journal ------------------------------------------------------------------------------------------


class Acts(Idempotent, APIView):
    """One transaction with an entry in the journal; `fail` breaks it before or after the commit."""

    permission_classes = ()
    parser_classes = (JSONParser,)
    proved = frozenset({""})

    def post(self, request):
        with transaction.atomic():
            record(Kind.ACCOUNT_CHANGED, cycle_id=None, by=request.user, payload={"n": 1})
            if request.data.get("fail") == "before":
                raise Conflict("Not now.")
        if request.data.get("fail") == "after":
            raise ZeroDivisionError
        return Response({"done": True}, status=201)


def acts():
    return JournalEntry.objects.filter(kind="account.changed").count()


@pytest.mark.django_db(transaction=True)
def test_an_act_that_the_journal_proves_is_done_once(ada):
    first, again = (send(ada, {}, "k-1", view=Acts) for _ in range(2))
    assert (again.status_code, again.content) == (first.status_code, first.content) == (201, first.content)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert acts() == 1
    assert send(ada, {}, "k-2", view=Acts).status_code == 201
    assert acts() == 2


@pytest.mark.django_db(transaction=True)
def test_a_refused_act_may_be_sent_again(ada):
    assert code_of(send(ada, {"fail": "before"}, "k-1", view=Acts)) == (409, "conflict")
    assert not IdempotencyRecord.objects.exists()
    assert acts() == 0
    assert send(ada, {}, "k-1", view=Acts).status_code == 201


@pytest.mark.django_db(transaction=True)
def test_an_act_whose_answer_was_lost_is_not_done_again(ada):
    with pytest.raises(ZeroDivisionError):
        send(ada, {"fail": "after"}, "k-1", view=Acts)
    assert acts() == 1
    assert code_of(send(ada, {"fail": "after"}, "k-1", view=Acts)) == (409, "idempotency_in_progress")
    IdempotencyRecord.objects.update(claimed_at=db_now() - LEASE - timedelta(seconds=1))
    assert code_of(send(ada, {"fail": "after"}, "k-1", view=Acts)) == (409, "idempotency_answer_lost")
    assert acts() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_that_work_on_one_claim_one_act_is_written(ada):
    """The first was slower than its lease and somebody took over: the journal takes the claim once."""
    digest, long_ago = body_hash({}), db_now() - LEASE - timedelta(seconds=1)
    row = IdempotencyRecord.objects.create(user=ada, path="/notes", key="k-1", body_hash=digest, claimed_at=long_ago)
    assert send(ada, {}, "k-1", view=Acts).status_code == 201
    with pytest.raises(IntegrityError), transaction.atomic(), proving(f"request:{row.pk}"):
        record(Kind.ACCOUNT_CHANGED, cycle_id=None)
    assert acts() == 1


def test_only_the_first_entry_bears_the_claim(db):
    with proving("request:1"):
        first, second = (record(Kind.ACCOUNT_CHANGED, cycle_id=None) for _ in range(2))
    assert (first.key, second.key) == ("request:1", None)
    assert record(Kind.ACCOUNT_CHANGED, cycle_id=None).key is None
