"""A claim as an Open Badges 3.0 credential, and what is published around it: the issuer, its keys, the achievement. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote, urlsplit
from uuid import NAMESPACE_URL, UUID, uuid5
from xml.sax.saxutils import escape, quoteattr

from games.credentials.rules.claims import Claim
from games.credentials.rules.signing import jwk_of

CONTEXT_VC: Final = "https://www.w3.org/ns/credentials/v2"
CONTEXT_OB: Final = "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json"
SCHEMA: Final = "https://purl.imsglobal.org/spec/ob/v3p0/schema/json/ob_v3p0_achievementcredential_schema.json"
TYPES: Final[Mapping[str, str]] = {"badge": "Badge", "certificate": "Certificate"}
"""Kind of an award → its `achievementType`; every other kind is an award."""
LINE: Final = 22
"""Characters in a line of the picture."""
LINES: Final = 3
SHORT: Final = 15
"""Characters of a line that is written large."""


@dataclass(frozen=True, slots=True)
class Issuer:
    """Who signs here: the did:web of the house, its name and its address (without a slash at the end)."""

    did: str
    name: str
    address: str

    def profile(self) -> dict[str, Any]:
        """As it stands in every credential."""
        return {"id": self.did, "type": ["Profile"], "name": self.name, "url": self.address}


def issuer_of(claim: Claim) -> Issuer:
    """Who signed a claim, as it was then."""
    return Issuer(claim["issuer"], claim["issuer_name"], claim["issuer_address"])


def did_of(address: str) -> str:
    """The did:web of an address: its host, and its port if it has one. Browsers and verifiers find its keys under /.well-known/."""
    return f"did:web:{quote(urlsplit(address).netloc, safe='.-')}"


def instant(moment: datetime) -> str:
    """A time to the second in UTC."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def achievement_of(claim: Claim) -> dict[str, Any]:
    """What was won, for anybody: the same for everybody who won it."""
    return {
        "id": claim["achievement"],
        "type": ["Achievement"],
        "achievementType": TYPES.get(claim["kind"], "Award"),
        "name": claim["title"],
        "description": f"{claim['title']}: {claim['cycle']}",
        "criteria": {"narrative": claim["criteria"]},
    }


def badge_of(claim: Claim, status: Mapping[str, str]) -> dict[str, Any]:
    """The payload of the token: an OpenBadgeCredential with the registered claims beside it (Open Badges 3.0, 8.2.4).

    No address of a person is in it: whom it names is a name, and at most a salted fingerprint.
    """
    issued, said = datetime.fromisoformat(claim["issued"]), issuer_of(claim)
    credential = f"urn:uuid:{claim['id']}"
    subject = f"urn:uuid:{uuid5(NAMESPACE_URL, claim['address'] + '#holder')}" if claim["personal"] else claim["group_address"]
    return {
        "@context": [CONTEXT_VC, CONTEXT_OB],
        "id": credential,
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "name": claim["title"],
        "issuer": said.profile(),
        "validFrom": instant(issued),
        "credentialSubject": {
            "id": subject,
            "type": ["AchievementSubject"],
            "identifier": _identifiers(claim),
            "achievement": achievement_of(claim),
        },
        "evidence": _evidence(claim),
        "credentialStatus": dict(status),
        "credentialSchema": [{"id": SCHEMA, "type": "1EdTechJsonSchemaValidator2019"}],
        "iss": said.did,
        "sub": subject,
        "jti": credential,
        "nbf": int(issued.timestamp()),
    }


def _identifiers(claim: Claim) -> list[dict[str, Any]]:
    plain = {"type": "IdentityObject", "identityHash": claim["recipient"], "identityType": "name", "hashed": False}
    if "fingerprint" not in claim:
        return [plain]
    hashed = {"identityHash": claim["fingerprint"], "identityType": "emailAddress", "hashed": True, "salt": UUID(claim["id"]).hex}
    return [plain, {"type": "IdentityObject", **hashed}]


def _evidence(claim: Claim) -> list[dict[str, Any]]:
    shown = [
        {"id": claim["address"], "type": ["Evidence"], "name": "Verification", "narrative": "Says whether this is valid now."}
    ]
    if "result" in claim:
        result = claim["result"]
        says = (
            f"Place {result['place']} on the board {result['board']}, snapshot {result['snapshot']}, SHA-256 {result['digest']}."
        )
        shown.append({"id": result["address"], "type": ["Evidence"], "name": "Published standings", "narrative": says})
    return shown


# --- What is published ------------------------------------------------------------------------------------------------------------------


def did_document(issuer: Issuer, keys: Iterable[str]) -> dict[str, Any]:
    """The did:web document: public keys (base64url) that are believed, the present one first."""
    methods = [_method(issuer, jwk_of(public)) for public in keys]
    return {
        "@context": ["https://www.w3.org/ns/did/v1", "https://w3id.org/security/suites/jws-2020/v1"],
        "id": issuer.did,
        "alsoKnownAs": [issuer.address],
        "verificationMethod": methods,
        "assertionMethod": [one["id"] for one in methods],
    }


def _method(issuer: Issuer, jwk: Mapping[str, str]) -> dict[str, Any]:
    name = {"id": f"{issuer.did}#{jwk['kid']}", "type": "JsonWebKey2020", "controller": issuer.did}
    return {**name, "publicKeyJwk": dict(jwk)}


def picture(claim: Claim, token: str) -> str:
    """A badge as an SVG picture with the signed token inside (Open Badges 3.0, 5.3.2): the picture is the credential."""
    words = _lines(claim["title"])
    top = 158 - 16 * (len(words) - 1)
    size = 28 if len(words) == 1 and len(words[0]) < SHORT else 21
    title = "".join(_text(line, top + 32 * number, size, bold=True) for number, line in enumerate(words))
    place = _text(claim["result"]["place"], 92, 40, bold=True, fill="#f2b84b") if "result" in claim else ""
    under = _text(_lines(claim["recipient"])[0], 236, 18) + _text(_lines(claim["cycle"])[0], 262, 14, fill="#c9c5d8")
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" xmlns:openbadges="https://purl.imsglobal.org/ob/v3p0" viewBox="0 0 320 320" '
        f'width="320" height="320" role="img" aria-label={quoteattr(claim["title"])}>'
        f"<openbadges:credential verify={quoteattr(token)}></openbadges:credential>"
        '<circle cx="160" cy="160" r="158" fill="#d99a1b"/><circle cx="160" cy="160" r="150" fill="#1b1b2f"/>'
        '<circle cx="160" cy="160" r="142" fill="none" stroke="#2b38c8" stroke-width="5"/>'
        f'<g text-anchor="middle" font-family="Gabarito, Noto Sans, sans-serif">{place}{title}{under}</g></svg>'
    )


def _text(line: str, y: int, size: int, *, bold: bool = False, fill: str = "#fffdf8") -> str:
    weight = ' font-weight="700"' if bold else ""
    return f'<text x="160" y="{y}" font-size="{size}" fill="{fill}"{weight}>{escape(line)}</text>'


def _lines(text: str) -> list[str]:
    """The text in at most three lines; what does not fit ends in dots."""
    lines: list[str] = [""]
    for word in text.split():
        longer = f"{lines[-1]} {word}".strip()
        if len(longer) <= LINE or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    kept = [line if len(line) <= LINE else line[: LINE - 1] + "…" for line in lines[:LINES]]
    return kept if len(lines) <= LINES else [*kept[:-1], kept[-1][: LINE - 1] + "…"]
