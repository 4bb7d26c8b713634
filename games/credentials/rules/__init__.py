"""Credentials, pure: what one claims, how it is signed and checked, the list of those taken back, the printed page."""

from games.credentials.rules.states import (
    AskedTwice,
    CredentialRefused,
    CredentialState,
    NameInvalid,
    ReasonMissing,
    SourceKind,
)

__all__ = ["AskedTwice", "CredentialRefused", "CredentialState", "NameInvalid", "ReasonMissing", "SourceKind"]
