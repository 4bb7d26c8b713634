"""States of a credential, what it can rest on, and what is refused."""

from enum import StrEnum
from typing import Final

from games.errors import Conflict, Invalid

NAME_LONGEST: Final = 120
"""Characters of the name that stands on a person's certificate."""
REASON_LONGEST: Final = 2_000


class CredentialState(StrEnum):
    """asked (a worker will make it) → issued → revoked, for good."""

    ASKED = "asked"
    ISSUED = "issued"
    REVOKED = "revoked"


class SourceKind(StrEnum):
    """What a credential rests on: an award that was given, or a badge that was earned."""

    GRANT = "grant"
    BADGE = "badge"


class CredentialRefused(Conflict):
    """The state of things does not allow it."""

    code = "credential_refused"


class AskedTwice(CredentialRefused):
    """There is one already."""

    code = "credential_exists"


class NameInvalid(Invalid):
    """The name cannot stand on a certificate as it is."""

    code = "name_invalid"


class ReasonMissing(Invalid):
    """Taking a credential back stands in the record with a reason."""

    code = "reason_missing"
