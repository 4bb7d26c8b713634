"""Signatures and tokens are what other libraries make of the same keys and words; whatever was changed is refused."""

from typing import Any

import jwt
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from hypothesis import given
from hypothesis import strategies as st

from games.credentials.rules.signing import (
    SEED,
    TOKEN_LONGEST,
    Altered,
    NotSigned,
    base64url,
    bytes_of,
    derived_seed,
    key_of,
    kid_of,
    payload_of,
    sign,
)
from leaderboards.receipts import is_signed

UNREAD: Any = {
    "verify_aud": False,
    "verify_nbf": False,
    "verify_iat": False,
    "verify_sub": False,
    "verify_jti": False,
    "verify_exp": False,
}
WORDS = st.dictionaries(st.text(max_size=9), st.text(max_size=9) | st.integers())


def test_a_signature_of_rfc_8037_holds_and_nothing_beside_it() -> None:
    """Appendix A.4 and A.5: the same key signs the same words alike; other words, another signature or another key are refused."""
    key = key_of(bytes_of("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"))
    words = b"eyJhbGciOiJFZERTQSJ9.RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc"
    signature = "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_MuM0KAg"
    assert base64url(key.sign(words)) == signature
    assert is_signed(words, signature, key.public)
    other = key_of(bytes(SEED))
    for bad in (
        (words + b"x", signature, key.public),
        (words, base64url(other.sign(words)), key.public),
        (words, signature, other.public),
        (words, signature[:-4], key.public),
        (words, "", key.public),
        (words, "?", key.public),
        (words, signature, key.public[:-4]),
        (words, signature, "é"),
    ):
        assert not is_signed(*bad), bad


@given(st.binary(min_size=SEED, max_size=SEED), st.text(max_size=40), WORDS)
def test_tokens_and_derived_keys_are_what_other_libraries_make_of_the_same(
    seed: bytes, secret: str, words: dict[str, Any]
) -> None:
    key, private = key_of(seed), Ed25519PrivateKey.from_private_bytes(seed)
    token = sign(words, key, kid=f"did:web:x#{key.kid}")
    assert token == jwt.encode(words, private, algorithm="EdDSA", headers={"kid": f"did:web:x#{key.kid}"})
    assert jwt.decode(token, private.public_key(), algorithms=["EdDSA"], options=UNREAD) == payload_of(token, key.public) == words
    assert kid_of(token) == key.kid
    derived = HKDF(algorithm=SHA256(), length=SEED, salt=None, info=b"ludus.credentials").derive(secret.encode())
    assert derived_seed(secret) == derived


def test_what_is_no_token_names_no_key_and_what_was_changed_is_refused() -> None:
    key = key_of(bytes(range(SEED)))
    token = sign({"name": "Gold"}, key, kid=f"did:web:x#{key.kid}")
    head, body, signature = token.split(".")
    for junk in (
        "",
        ".",
        "..",
        "a.b",
        f"{token}.",
        f"{base64url(b'[]')}.{body}.{signature}",
        f"{base64url(b'{')}.{body}.{signature}",
    ):
        with pytest.raises(NotSigned):
            kid_of(junk)
    with pytest.raises(NotSigned, match="too long"):
        kid_of("a" * (TOKEN_LONGEST + 1))
    none = base64url(b'{"alg":"none"}')
    for bad in (
        f"{none}.{body}.",
        f"{none}.{body}.{base64url(key.sign(f'{none}.{body}'.encode()))}",
        f"{head}.{base64url(b'{}')}.{signature}",
        f"{head}.{body}.{signature[::-1]}",
        f"{head}.{body}",
        "\ud800.a.b",
    ):
        with pytest.raises(Altered):
            payload_of(bad, key.public)
