"""Every refusal of the API as RFC 9457 problem+json: {type, title, status, code, detail, errors: [{where, code, message}]}.

What is hidden and what is absent give the same bytes: the 404 names neither path nor object.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final

import orjson
from django.core.exceptions import (
    NON_FIELD_ERRORS,
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import DataError, IntegrityError, OperationalError
from django.http import Http404, HttpResponse
from rest_framework import exceptions, status
from rest_framework.response import Response

from games.errors import GameError, Problem, TooMany
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop

CONTENT_TYPE: Final = "application/problem+json"

# Status -> stable code and what is said when nobody said it better.
STANDARD: Final[Mapping[int, tuple[str, str]]] = {
    400: ("bad_request", gettext_noop("The request could not be read.")),
    401: ("not_authenticated", gettext_noop("Sign in, or send a valid token: Authorization: Bearer ludus_...")),
    403: ("not_allowed", gettext_noop("You may see this, but not do this.")),
    404: ("not_found", gettext_noop("There is nothing here, or you may not see it.")),
    405: ("method_not_allowed", gettext_noop("This address does not know that method; the Allow header lists those it knows.")),
    406: ("not_acceptable", gettext_noop("The answer is available as application/json only.")),
    409: ("conflict", gettext_noop("The state of things does not allow this now.")),
    413: ("too_large", gettext_noop("The request is larger than what is accepted here.")),
    415: (
        "unsupported_media_type",
        gettext_noop("Send the body as application/json, or as multipart/form-data where files are taken."),
    ),
    422: ("invalid", gettext_noop("Some values are not as expected; `errors` says which and why.")),
    429: ("too_many", gettext_noop("Too many requests; the Retry-After header says when to come back.")),
    500: ("server_error", gettext_noop("Something broke on our side. It has been noted.")),
    503: ("unavailable", gettext_noop("The service is busy; please try again in a moment.")),
}
# RFC 9110's names; older Pythons know other ones.
_TITLES: Final = {413: "Content Too Large", 422: "Unprocessable Content"}
_REST_CODES: Final = {
    exceptions.ParseError: "malformed",
    exceptions.AuthenticationFailed: "not_authenticated",
    exceptions.PermissionDenied: "not_allowed",
    exceptions.Throttled: "too_many",
}
# Words of REST framework -> our codes, where they differ.
_FIELD_CODES: Final = {"error": "invalid", "null": "required", "blank": "required", "does_not_exist": "not_found"}


def problem(code: int, *, name: str = "", detail: str = "", errors: Sequence[Problem] = ()) -> dict[str, Any]:
    """The body of a refusal with HTTP status `code`; `name` is the stable machine code, `detail` the sentence for a person."""
    standard_name, standard_detail = STANDARD.get(code, STANDARD[400 if code < status.HTTP_500_INTERNAL_SERVER_ERROR else 500])
    return {
        "type": f"urn:ludus:problem:{name or standard_name}",
        "title": _TITLES.get(code) or HTTPStatus(code).phrase,
        "status": code,
        "code": name or standard_name,
        "detail": detail or _(standard_detail),
        "errors": [{"where": one.where, "code": one.code, "message": one.message} for one in errors],
    }


def problem_response(code: int, *, name: str = "", detail: str = "") -> HttpResponse:
    """A refusal outside REST framework: Django's own 400, 403, 404 and 500 below /api."""
    return HttpResponse(orjson.dumps(problem(code, name=name, detail=detail)), status=code, content_type=CONTENT_TYPE)


def exception_handler(exc: Exception, context: Mapping[str, Any]) -> Response | None:  # noqa: ARG001 -- the framework passes it
    """REST framework's EXCEPTION_HANDLER. None leaves the exception to Django: an error of ours, logged, answered with 500."""
    body = _body(exc)
    if body is None:
        return None
    return Response(body, status=body["status"], headers=_headers(exc), content_type=CONTENT_TYPE)


def _body(exc: Exception) -> dict[str, Any] | None:  # noqa: PLR0911 -- one line per kind of refusal
    match exc:
        case GameError(status=404) | Http404() | exceptions.NotFound():
            return problem(404)
        case GameError():
            return problem(exc.status, name=exc.code, detail=exc.message, errors=_game_problems(exc))
        case exceptions.ValidationError():
            return problem(422, errors=list(_flat(exc.get_full_details())))
        case DjangoValidationError():
            return problem(422, errors=list(_django_problems(exc)))
        case exceptions.APIException():
            return _rest_body(exc)
        case PermissionDenied():
            return problem(403)
        case RequestDataTooBig():
            return problem(413)
        case SuspiciousOperation() | DataError():
            return problem(400)
        case OverflowError() if "SQLite" in str(exc):  # what is a DataError elsewhere: a number longer than the column
            return problem(400)
        case IntegrityError():
            return problem(409)
        case OperationalError() if "locked" in str(exc) or "timeout" in str(exc):
            return problem(503)
        case _:
            return None


def _rest_body(exc: exceptions.APIException) -> dict[str, Any]:
    name = next((code for kind, code in _REST_CODES.items() if isinstance(exc, kind)), "")
    said = exc.detail if isinstance(exc, exceptions.ParseError) or exc.status_code not in STANDARD else ""
    return problem(exc.status_code, name=name, detail=str(said))


def _headers(exc: Exception) -> dict[str, str]:
    headers: dict[str, str] = {}
    if isinstance(exc, exceptions.APIException):
        if challenge := getattr(exc, "auth_header", None):
            headers["WWW-Authenticate"] = str(challenge)
        if isinstance(exc, exceptions.Throttled):
            headers["Retry-After"] = str(math.ceil(getattr(exc, "wait", None) or TooMany.retry_after))
    if isinstance(exc, TooMany):
        headers["Retry-After"] = str(exc.retry_after)
    if isinstance(exc, OperationalError):
        headers["Retry-After"] = "1"
    return headers


def _game_problems(exc: GameError) -> tuple[Problem, ...]:
    if exc.problems or not exc.where:
        return exc.problems
    return (Problem(exc.where, exc.message, exc.code),)


def _flat(detail: Any, where: str = "") -> Iterator[Problem]:
    """REST framework's nested details, {field: [{message, code}]}, as one list with paths like `criteria.2.weight`."""
    if isinstance(detail, Mapping):
        if detail.keys() == {"message", "code"} and not isinstance(detail["message"], dict | list):
            yield Problem(where, str(detail["message"]), _FIELD_CODES.get(str(detail["code"]), str(detail["code"])))
            return
        for key, inner in detail.items():
            yield from _flat(inner, where if key == "non_field_errors" else _joined(where, key))
        return
    leaves = all(isinstance(inner, Mapping) and inner.keys() == {"message", "code"} for inner in detail)
    for position, inner in enumerate(detail):
        yield from _flat(inner, where if leaves else _joined(where, position))


def _joined(where: str, key: object) -> str:
    return f"{where}.{key}" if where else str(key)


def _django_problems(exc: DjangoValidationError) -> Iterator[Problem]:
    if not hasattr(exc, "error_dict"):
        yield from (Problem("", " ".join(one.messages), str(one.code or "invalid")) for one in exc.error_list)
        return
    for field, errors in exc.error_dict.items():
        where = "" if field == NON_FIELD_ERRORS else field
        yield from (Problem(where, " ".join(one.messages), str(one.code or "invalid")) for one in errors)
