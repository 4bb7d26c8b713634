import orjson
import pytest
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404
from rest_framework import exceptions, serializers

from backend.api.errors import CONTENT_TYPE, exception_handler, problem, problem_response
from games.errors import GameError, NotFound, Problem, TooMany
from games.organizations.rules import InvitedOften


class RoundClosed(GameError):
    code = "round_closed"
    status = 409


def answer(exc):
    response = exception_handler(exc, {})
    assert response is not None
    return response


def test_a_game_error_keeps_its_code_sentence_and_place():
    response = answer(RoundClosed("The round closed at 12:00 UTC.", where="round"))
    assert response.status_code == 409
    assert response.content_type == CONTENT_TYPE
    assert response.data == {
        "type": "urn:ludus:problem:round_closed",
        "title": "Conflict",
        "status": 409,
        "code": "round_closed",
        "detail": "The round closed at 12:00 UTC.",
        "errors": [{"where": "round", "code": "round_closed", "message": "The round closed at 12:00 UTC."}],
    }


def test_a_game_error_lists_every_problem_it_carries():
    many = GameError("Two things.", where="file", problems=[Problem("a", "one"), Problem("b", "two", code="other")])
    assert [(one["where"], one["code"]) for one in answer(many).data["errors"]] == [("a", "invalid"), ("b", "other")]


def test_hidden_and_absent_give_the_same_answer_whoever_says_so():
    absent = [Http404("No cycle with pk 3"), exceptions.NotFound("secret name"), NotFound("Cycle 3 is sealed")]
    answers = [answer(exc) for exc in absent]
    assert all(one.data == problem(404) for one in answers)
    assert all(one.headers == answers[0].headers for one in answers)
    assert orjson.loads(problem_response(404).content) == problem(404)


@pytest.mark.parametrize(
    ("exc", "status", "code"),
    [
        (exceptions.ParseError("The body is not JSON."), 400, "malformed"),
        (exceptions.NotAuthenticated(), 401, "not_authenticated"),
        (exceptions.AuthenticationFailed(), 401, "not_authenticated"),
        (exceptions.PermissionDenied(), 403, "not_allowed"),
        (exceptions.MethodNotAllowed("PUT"), 405, "method_not_allowed"),
        (exceptions.NotAcceptable(), 406, "not_acceptable"),
        (exceptions.UnsupportedMediaType("text/csv"), 415, "unsupported_media_type"),
        (exceptions.Throttled(wait=9.5), 429, "too_many"),
        (PermissionDenied(), 403, "not_allowed"),
        (RequestDataTooBig(), 413, "too_large"),
        (SuspiciousOperation(), 400, "bad_request"),
        (DataError("bigint out of range"), 400, "bad_request"),
        (IntegrityError("UNIQUE constraint failed: accounts_user.email"), 409, "conflict"),
        (OperationalError("database is locked"), 503, "unavailable"),
    ],
)
def test_each_kind_of_refusal_has_its_status_and_code(exc, status, code):
    response = answer(exc)
    assert (response.status_code, response.data["status"], response.data["code"]) == (status, status, code)
    assert set(response.data) == {"type", "title", "status", "code", "detail", "errors"}


def test_the_database_says_nothing_about_its_tables():
    assert "accounts_user" not in str(answer(IntegrityError("UNIQUE constraint failed: accounts_user.email")).data)


def test_a_refused_token_says_how_to_sign_in_and_a_throttle_when_to_return():
    refused = exceptions.AuthenticationFailed()
    refused.auth_header = 'Bearer realm="Ludus"'
    assert answer(refused).headers["WWW-Authenticate"] == 'Bearer realm="Ludus"'
    assert answer(exceptions.Throttled(wait=9)).headers["Retry-After"] == "9"


def test_every_refusal_of_too_many_says_when_to_return():
    refusals = [TooMany, *TooMany.__subclasses__()]
    assert all(one.retry_after >= 1 for one in refusals)
    assert answer(TooMany("Later.")).headers["Retry-After"] == "60"
    assert answer(TooMany("Later.", retry_after=8.2)).headers["Retry-After"] == "9"
    assert answer(TooMany("Later.", retry_after=-3)).headers["Retry-After"] == "1"
    assert answer(InvitedOften("Ada", lately=True)).headers["Retry-After"] == "600"
    assert answer(exceptions.Throttled()).headers["Retry-After"] == "60"


def test_an_error_of_ours_is_left_to_the_log():
    assert exception_handler(ZeroDivisionError(), {}) is None
    assert exception_handler(OperationalError("no such table: games_cycle"), {}) is None


class Criterion(serializers.Serializer):
    key = serializers.SlugField()
    weight = serializers.IntegerField(min_value=1)


class Sheet(serializers.Serializer):
    name = serializers.CharField(max_length=5)
    criteria = Criterion(many=True)
    tags = serializers.ListField(child=serializers.IntegerField(), required=False)

    def validate(self, attrs):
        if attrs["name"] == "nobody":
            raise serializers.ValidationError("unreachable")
        return attrs


def where_and_code(data):
    form = Sheet(data=data)
    with pytest.raises(exceptions.ValidationError) as caught:
        form.is_valid(raise_exception=True)
    response = answer(caught.value)
    assert response.status_code == 422
    return {(one["where"], one["code"]) for one in response.data["errors"]}


def test_every_fault_of_a_nested_body_is_named_by_its_path():
    data = {"name": "too long", "criteria": [{"key": "a", "weight": 1}, {"key": "b!", "weight": 0}], "tags": [1, "x"]}
    assert where_and_code(data) == {
        ("name", "max_length"),
        ("criteria.1.key", "invalid"),
        ("criteria.1.weight", "min_value"),
        ("tags.1", "invalid"),
    }
    assert where_and_code({}) == {("name", "required"), ("criteria", "required")}
    assert where_and_code([]) == {("", "invalid")}


def test_a_django_validation_error_reads_the_same():
    form = DjangoValidationError({"name": DjangoValidationError("Too long.", code="max_length"), "__all__": ["Neither."]})
    errors = {(one["where"], one["message"]) for one in answer(form).data["errors"]}
    assert errors == {("name", "Too long."), ("", "Neither.")}
    assert answer(DjangoValidationError("Alone.")).data["errors"] == [{"where": "", "code": "invalid", "message": "Alone."}]
