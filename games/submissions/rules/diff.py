"""What changed between two versions of an answer: paragraph by paragraph, and inside a changed paragraph word by word. Pure.

Work is bounded: paragraphs are compared first, and words only inside a stretch of at most `WORDS` of them on either side.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Any, Final, NamedTuple

WORDS: Final = 4_000
AROUND: Final = 1  # unchanged paragraphs that stay in sight beside a change
WORTH: Final = 2  # so many are folded away, fewer stay
LIKE: Final = 0.3  # below this share of common words two paragraphs are two different ones
_TOKENS: Final = re.compile(r"\s+|\w+|[^\w\s]")


class What(StrEnum):
    """What became of a piece of text. `skipped`: unchanged and folded away."""

    SAME = "same"
    ADDED = "added"
    REMOVED = "removed"
    SKIPPED = "skipped"


class Piece(NamedTuple):
    """A stretch of text with one fate."""

    what: What
    text: str


@dataclass(frozen=True, slots=True)
class FieldDiff:
    """One answer, before and after. `pieces` in reading order; of an unchanged answer there are none."""

    key: str
    changed: bool
    pieces: tuple[Piece, ...] = ()

    @property
    def added(self) -> int:
        """How many words came."""
        return sum(words_in(piece.text) for piece in self.pieces if piece.what is What.ADDED)

    @property
    def removed(self) -> int:
        """How many words went."""
        return sum(words_in(piece.text) for piece in self.pieces if piece.what is What.REMOVED)


def words_in(text: str) -> int:
    """How many words a text has; a text of signs alone counts as one."""
    return len(re.findall(r"\w+", text)) or (1 if text.strip() else 0)


def diff_answers(keys: Sequence[str], before: Mapping[str, Any], after: Mapping[str, Any]) -> list[FieldDiff]:
    """Every answer in the order of the form (`keys`), changed or not; answers that the form no longer asks come last."""
    others = [key for key in (*before, *after) if key not in set(keys)]
    found = []
    for key in dict.fromkeys((*keys, *others)):
        was, now = as_text(before.get(key)), as_text(after.get(key))
        if was or now:
            found.append(FieldDiff(key, changed=was != now, pieces=tuple(diff_text(was, now)) if was != now else ()))
    return found


def as_text(value: Any) -> str:
    """An answer as the text that is compared: several choices on a line each, nothing as nothing."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return "\n".join(str(one) for one in value)
    return str(value).replace("\r\n", "\n")


def diff_text(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in reading order: what went stands before what came. Joining all but the added gives `before`."""
    return list(_folded(_merged(_paragraphs(before, after))))


def _paragraphs(before: str, after: str) -> Iterator[Piece]:
    was, now = before.splitlines(keepends=True), after.splitlines(keepends=True)
    for tag, a, b, c, d in SequenceMatcher(None, was, now).get_opcodes():
        gone, come = "".join(was[a:b]), "".join(now[c:d])
        if tag == "equal":
            yield from (Piece(What.SAME, line) for line in was[a:b])
        elif tag == "replace":
            yield from _words(gone, come)
        else:
            yield Piece(What.REMOVED, gone) if gone else Piece(What.ADDED, come)


def _words(before: str, after: str) -> Iterator[Piece]:
    was, now = _TOKENS.findall(before), _TOKENS.findall(after)
    matcher = SequenceMatcher(None, was, now)
    if max(len(was), len(now)) > WORDS or matcher.ratio() < LIKE:
        yield Piece(What.REMOVED, before)
        yield Piece(What.ADDED, after)
        return
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Piece(What.SAME, "".join(was[a:b]))
        else:
            yield Piece(What.REMOVED, "".join(was[a:b]))
            yield Piece(What.ADDED, "".join(now[c:d]))


def _merged(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Changes that only a space keeps apart become one, so that a rewritten sentence reads as one and not as confetti.

    Unchanged lines stay apart: they are what is folded.
    """
    gone = come = ""
    held = ""  # unchanged blank after a change: part of it if another change follows
    for piece in pieces:
        if piece.what is What.SAME and (gone or come) and not held and not piece.text.strip() and "\n" not in piece.text:
            held = piece.text
            continue
        if piece.what is What.SAME:
            yield from _change(gone, come, held)
            gone = come = held = ""
            yield piece
        elif piece.text:
            gone, come, held = gone + held, come + held, ""
            if piece.what is What.REMOVED:
                gone += piece.text
            else:
                come += piece.text
    yield from _change(gone, come, held)


def _change(gone: str, come: str, held: str) -> Iterator[Piece]:
    if gone:
        yield Piece(What.REMOVED, gone)
    if come:
        yield Piece(What.ADDED, come)
    if held:
        yield Piece(What.SAME, held)


def _folded(pieces: Iterator[Piece]) -> Iterator[Piece]:
    """Long unchanged stretches between changes as one piece that a reader may open."""
    lines: list[Piece] = []
    begun = False
    for piece in pieces:
        if piece.what is What.SAME and piece.text.endswith("\n"):
            lines.append(piece)
            continue
        yield from _stretch(lines, after_change=begun, before_change=True)
        lines, begun = [], True
        yield piece
    yield from _stretch(lines, after_change=begun, before_change=False)


def _stretch(lines: list[Piece], *, after_change: bool, before_change: bool) -> Iterator[Piece]:
    head = _edge(lines) if after_change else 0
    tail = _edge(lines[::-1]) if before_change else 0
    middle = lines[head : len(lines) - tail]
    if head + tail > len(lines) or sum(1 for piece in middle if piece.text.strip()) < WORTH:
        yield from lines
        return
    yield from lines[:head]
    yield Piece(What.SKIPPED, "".join(piece.text for piece in middle))
    yield from lines[len(lines) - tail :]


def _edge(lines: list[Piece]) -> int:
    """How many lines from this end stay in sight: up to and with the first paragraphs that are not blank."""
    seen = 0
    for number, piece in enumerate(lines, start=1):
        seen += bool(piece.text.strip())
        if seen == AROUND:
            return number
    return len(lines)
