"""What the generated schema says of every operation: problem+json for refusals, the Idempotency-Key, the bearer token."""

from typing import Any, Final

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from backend.api.errors import CONTENT_TYPE
from backend.api.idempotency import HEADER, KEY_LENGTH
from games.changes.rules import AppealState, ChangeKind, ChangeSetState
from games.credentials.rules import SourceKind
from games.cycles.rules import CycleState
from games.ideas.rules import WRITTEN, DerivationKind, IdeaKind
from games.ideas.rules import Audience as IdeaAudience
from games.judging.rules import (
    CalibrationState,
    ConflictKind,
    DeliberationState,
    MarkState,
    PlanState,
    ReplyKind,
    ReviewState,
    SheetState,
)
from games.judging.rules.voting import VotingState
from games.notices.rules import Audience, Pace
from games.partnerships.rules import PartnershipKind
from games.submissions.rules import SubmissionState
from games.talk.rules import ThreadKind

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "RFC 9457. `code` is stable; `detail` is for people and may change.",
    "required": ["type", "title", "status", "code", "detail", "errors"],
    "properties": {
        "type": {"type": "string", "format": "uri", "examples": ["urn:ludus:problem:round_closed"]},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "code": {"type": "string"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["where", "code", "message"],
                "properties": {"where": {"type": "string"}, "code": {"type": "string"}, "message": {"type": "string"}},
            },
        },
    },
}
KEY_PARAMETER: Final[dict[str, Any]] = {
    "in": "header",
    "name": HEADER,
    "required": False,
    "description": "Sent again with the same body, the request is not done again: the first answer comes back.",
    "schema": {"type": "string", "minLength": 1, "maxLength": KEY_LENGTH, "pattern": "^[!-~]+$"},
}
REFUSED: Final[dict[str, Any]] = {
    "description": "Refused; `code` says why.",
    "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
}
# Several shapes have a field `state` or `kind`: each set of values gets the name of what it belongs to (ENUM_NAME_OVERRIDES).
CYCLE_STATES: Final = [one.value for one in CycleState]
SUBMISSION_STATES: Final = [one.value for one in SubmissionState]
SHEET_STATES: Final = [one.value for one in SheetState]
CALIBRATION_STATES: Final = [one.value for one in CalibrationState]
PLAN_STATES: Final = [one.value for one in PlanState]
REVIEW_STATES: Final = [one.value for one in ReviewState]
DELIBERATION_STATES: Final = [one.value for one in DeliberationState]
APPEAL_STATES: Final = [one.value for one in AppealState]
CHANGE_SET_STATES: Final = [one.value for one in ChangeSetState]
CHANGE_KINDS: Final = [one.value for one in ChangeKind]
CONFLICT_KINDS: Final = [one.value for one in ConflictKind]
REPLY_KINDS: Final = [one.value for one in ReplyKind]
AUDIENCES: Final = [one.value for one in Audience]
IDEA_AUDIENCES: Final = [one.value for one in IdeaAudience]
IDEA_KINDS: Final = [one.value for one in IdeaKind]
DERIVATION_KINDS: Final = [one.value for one in DerivationKind]
PARTNERSHIP_KINDS: Final = [one.value for one in PartnershipKind]
THREAD_KINDS: Final = [one.value for one in ThreadKind]
CITING_KINDS: Final = [one.value for one in WRITTEN]
VOTING_STATES: Final = [one.value for one in VotingState]
GIVEN_STATES: Final = [MarkState.ABSENT.value]
PACES: Final = [(one.value, one.value) for one in Pace]
CREDENTIAL_SOURCES: Final = [(one.value, one.value) for one in SourceKind]
PLAYBOOK_SOURCES: Final = ["library", "posted"]
METHODS: Final = frozenset({"get", "post", "put", "patch", "delete"})


class BearerTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """`Authorization: Bearer ludus_...` in the schema."""

    target_class = "backend.api.authentication.BearerToken"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:  # noqa: ARG002 -- the library's signature
        """A plain HTTP bearer scheme."""
        return {"type": "http", "scheme": "bearer", "bearerFormat": "ludus_..."}


def add_refusals(result: dict[str, Any], **_: Any) -> dict[str, Any]:
    """SPECTACULAR_SETTINGS' postprocessing hook: every operation may refuse, and every POST takes the key."""
    result.setdefault("components", {}).setdefault("schemas", {})["Problem"] = PROBLEM
    for methods in result.get("paths", {}).values():
        for method, operation in methods.items():
            if method not in METHODS:
                continue
            operation.setdefault("responses", {}).setdefault("default", REFUSED)
            if method == "post":
                operation.setdefault("parameters", []).append(KEY_PARAMETER)
    return result
