"""The headers of ready answers: those that Django last gave in this process to the same kind of request, packed or not."""

from typing import Any, Final

from backend.front.asking import Environ, Request
from backend.request_log import HEADER
from leaderboards import ready

type Headers = list[tuple[str, str]]

MOST: Final = 2_000
OWN: Final = frozenset({"etag", "ludus-source", "ludus-late", "content-length", "content-encoding", "set-cookie", HEADER.lower()})
"""Headers of one answer, or one reader, only."""


class Heads:
    """What Django answered last, by kind of place, status, name of host, and kind of credential."""

    def __init__(self) -> None:
        self.known: dict[tuple[Any, ...], Headers] = {}

    def learn(self, asked: Request, status: int, headers: Headers) -> None:
        """Remember what Django said."""
        key = (asked.kind, status, asked.host, asked.sign)
        if key in self.known or len(self.known) < MOST:
            self.known[key] = [one for one in packed(headers, ready.Answer({}, b"")) if one[0].lower() not in OWN]

    def knows(self, asked: Request, environ: Environ) -> bool:
        """Whether it is known how such an answer begins, and one that says that nothing is new."""
        there = (asked.kind, 200, asked.host, asked.sign) in self.known
        return there and (
            asked.holed or "HTTP_IF_NONE_MATCH" not in environ or (asked.kind, 304, asked.host, asked.sign) in self.known
        )

    def of(self, asked: Request, status: int, environ: Environ, answer: ready.Answer, body: bytes) -> Headers:
        """The headers of a ready answer, but for its number."""
        tag, same = answer.headers.get("ETag", ""), status != 200  # noqa: PLR2004
        found = [
            *self.known[asked.kind, status, asked.host, asked.sign],
            *answer.headers.items(),
            ("Content-Length", str(len(body))),
        ]
        if weak(tag, environ) if same else answer.packed:
            found = [(name, f"W/{value}" if name == "ETag" else value) for name, value in found]
        return found + ([("Content-Encoding", "gzip")] if answer.packed and not same else [])


def weak(tag: str, environ: Environ) -> bool:
    """Whether what a client has, and what is not new, is a packed answer."""
    return bool(tag) and f"W/{tag}" in environ.get("HTTP_IF_NONE_MATCH", "")


def packed(headers: Headers, one: ready.Answer, *, weak: bool = False) -> Headers:
    """The headers of an answer that may be packed, or is."""
    there = dict(headers)
    vary = there.get("Vary", "")
    there["Vary"] = f"{vary}, Accept-Encoding" if vary else "Accept-Encoding"
    if one.packed:
        there |= {"Content-Encoding": "gzip", "Content-Length": str(len(one.body))}
    if (one.packed or weak) and "ETag" in there:
        there["ETag"] = f"W/{there['ETag']}"
    return list(there.items())
