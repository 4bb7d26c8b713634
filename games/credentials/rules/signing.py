"""Keys, and tokens signed with them: Ed25519 (EdDSA), compact JWT, as Open Badges 3.0 (8.2) wants them. Pure.

A key is known by its RFC 7638 thumbprint (`kid`). The algorithm is pinned: what a token's header says about it is not believed.
The libraries are loaded by whoever signs or reads a token: nine megabytes, which most web processes never need.
"""

import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import rfc8785

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

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

    private: "Ed25519PrivateKey"
    public: str
    kid: str


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
    """A private key made of another secret (HKDF-SHA256): for houses that were given no key of its own."""
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 -- heavy: what few requests need
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF  # noqa: PLC0415 -- same

    return HKDF(algorithm=SHA256(), length=SEED, salt=None, info=b"ludus.credentials").derive(secret.encode())


def key_of(seed: bytes) -> Key:
    """The key of 32 secret bytes."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: PLC0415 -- heavy: what few requests need

    private = Ed25519PrivateKey.from_private_bytes(seed)
    public = base64url(private.public_key().public_bytes_raw())
    return Key(private, public, thumbprint_of(public))


def jwk_of(public: str) -> dict[str, str]:
    """A public key (base64url) as a JWK, as RFC 8037 writes it."""
    return {"kty": "OKP", "crv": "Ed25519", "x": public, "kid": thumbprint_of(public), "alg": ALGORITHM, "use": "sig"}


def thumbprint_of(public: str) -> str:
    """RFC 7638: SHA-256 of the required members, in base64url."""
    return base64url(hashlib.sha256(rfc8785.dumps({"crv": "Ed25519", "kty": "OKP", "x": public})).digest())


def sign(payload: Mapping[str, Any], key: Key, *, kid: str) -> str:
    """The payload as a compact JWT. EdDSA has no randomness: the same payload and key give the same token."""
    import jwt  # noqa: PLC0415 -- heavy: what few requests need

    return jwt.encode(dict(payload), key.private, algorithm=ALGORITHM, headers={"kid": kid})


def kid_of(token: str) -> str:
    """The thumbprint of the key that a token says it was signed with: what follows the last #. Raises NotSigned."""
    import jwt  # noqa: PLC0415 -- heavy: what few requests need

    if len(token) > TOKEN_LONGEST:
        message = "too long"
        raise NotSigned(message)
    try:
        kid = jwt.get_unverified_header(token).get("kid")
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise NotSigned(str(error)) from error
    if not isinstance(kid, str):
        message = "it names no key"
        raise NotSigned(message)
    return kid.rpartition("#")[2]


def payload_of(token: str, public: str) -> dict[str, Any]:
    """What a token says, once the key (base64url) is found to have signed exactly this. Raises Altered."""
    import jwt  # noqa: PLC0415 -- heavy: what few requests need
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey  # noqa: PLC0415 -- same

    key = Ed25519PublicKey.from_public_bytes(bytes_of(public))
    options: Any = {"verify_aud": False, "verify_nbf": False, "verify_iat": False, "verify_sub": False, "verify_jti": False}
    try:
        payload: dict[str, Any] = jwt.decode(token, key, algorithms=[ALGORITHM], options=options)
    except (jwt.InvalidTokenError, ValueError, RecursionError) as error:
        raise Altered(str(error)) from error
    return payload
