"""Keys, and tokens signed with them: Ed25519 (EdDSA), compact JWT, as Open Badges 3.0 (8.2) wants them. Pure.

A key is known by its RFC 7638 thumbprint (`kid`). The algorithm is pinned: what a token's header says about it is not believed.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from leaderboards.receipts import is_signed

if TYPE_CHECKING:
    from nacl.signing import SigningKey

ALGORITHM: Final = "EdDSA"
SEED: Final = 32
"""Bytes of a private key."""
TOKEN_LONGEST: Final = 64 * 1024


class NotSigned(ValueError):
    """No token of ours: not a token at all, or signed by a key that is not known here."""


class Altered(ValueError):
    """A token that names a key of ours, which did not sign it: something in it was changed."""


@dataclass(frozen=True, slots=True)
class Key:
    """A private key with its public half in the forms that others read."""

    private: "SigningKey" = field(repr=False)
    public: str
    kid: str

    def sign(self, content: bytes) -> bytes:
        """The signature of exactly these bytes. There is no chance in it: the same bytes give the same signature."""
        return self.private.sign(content).signature


def base64url(content: bytes) -> str:
    """Without padding, as JOSE writes it."""
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


def bytes_of(text: str) -> bytes:
    """The bytes of a base64url text, padded or not. Raises ValueError."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def seed_of(text: str) -> bytes:
    """The 32 bytes of a private key written in base64url. Raises ValueError."""
    seed = bytes_of(text.rstrip("="))
    if len(seed) != SEED:
        message = f"{len(seed)} bytes, not {SEED}"
        raise ValueError(message)
    return seed


def derived_seed(secret: str) -> bytes:
    """A private key made of another secret (HKDF-SHA256 without salt, RFC 5869; one block is enough): for houses that were given no key of its own."""
    drawn = hmac.digest(bytes(hashlib.sha256().digest_size), secret.encode(), "sha256")
    return hmac.digest(drawn, b"ludus.credentials\x01", "sha256")


def key_of(seed: bytes) -> Key:
    """The key of 32 secret bytes."""
    from nacl.signing import SigningKey  # noqa: PLC0415 -- what few requests need

    private = SigningKey(seed)
    public = base64url(bytes(private.verify_key))
    return Key(private, public, thumbprint_of(public))


def jwk_of(public: str) -> dict[str, str]:
    """A public key (base64url) as a JWK, as RFC 8037 writes it."""
    return {"kty": "OKP", "crv": "Ed25519", "x": public, "kid": thumbprint_of(public), "alg": ALGORITHM, "use": "sig"}


def thumbprint_of(public: str) -> str:
    """RFC 7638: SHA-256 of the required members, in base64url."""
    return base64url(hashlib.sha256(rfc8785.dumps({"crv": "Ed25519", "kty": "OKP", "x": public})).digest())


def sign(payload: Mapping[str, Any], key: Key, *, kid: str) -> str:
    """The payload as a compact JWT (RFC 7515, 7519): the same payload and key give the same token."""
    said = f"{_part({'alg': ALGORITHM, 'kid': kid, 'typ': 'JWT'})}.{_part(payload)}"
    return f"{said}.{base64url(key.sign(said.encode()))}"


def _part(said: Mapping[str, Any]) -> str:
    return base64url(json.dumps(dict(said), separators=(",", ":")).encode())


def kid_of(token: str) -> str:
    """The thumbprint of the key that a token says it was signed with: what follows the last #. Raises NotSigned."""
    if len(token) > TOKEN_LONGEST:
        message = "too long"
        raise NotSigned(message)
    try:
        head, _, _ = _read(token)
    except (ValueError, RecursionError) as error:
        raise NotSigned(str(error)) from error
    kid = head.get("kid")
    if not isinstance(kid, str):
        message = "it names no key"
        raise NotSigned(message)
    return kid.rpartition("#")[2]


def payload_of(token: str, public: str) -> dict[str, Any]:
    """What a token says, once the key (base64url) is found to have signed exactly this. Raises Altered."""
    try:
        head, payload, signature = _read(token)
        said = json.loads(payload)
        signed = is_signed(token.rpartition(".")[0].encode(), signature, public)
    except (ValueError, RecursionError) as error:
        raise Altered(str(error)) from error
    if not signed or head.get("alg") != ALGORITHM or not isinstance(said, dict):
        message = "another key, or other words"
        raise Altered(message)
    return said


def _read(token: str) -> tuple[dict[str, Any], bytes, str]:
    """Header, payload and signature of a compact token; nothing of it is believed yet. Raises ValueError, RecursionError."""
    head, payload, signature = token.split(".")
    bytes_of(signature)
    found = json.loads(bytes_of(head))
    if not isinstance(found, dict):
        message = "a header is an object"
        raise ValueError(message)  # noqa: TRY004 -- what somebody sent
    return found, bytes_of(payload), signature
