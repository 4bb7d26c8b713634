"""What was searched, shown where it stands: pieces of a text, found or not, around the first place. Pure."""

import json
import re
from typing import Final, NamedTuple

AROUND: Final = 70  # signs before the first place that was found
LENGTH: Final = 200


class Piece(NamedTuple):
    """A part of a text, and whether it is what was searched."""

    text: str
    hit: bool


def words_of(query: str) -> list[str]:
    """The words of a search, each once."""
    return list(dict.fromkeys(query.split()))


def pieces(text: str, words: list[str]) -> list[Piece]:
    """The text in pieces: every place of every word, whatever its case, is a hit."""
    wanted = [re.escape(word) for word in sorted(words, key=len, reverse=True) if word]
    if not text or not wanted:
        return [Piece(text, hit=False)] if text else []
    parts = re.split(f"({'|'.join(wanted)})", text, flags=re.IGNORECASE)
    return [Piece(part, hit=bool(number % 2)) for number, part in enumerate(parts) if part]


def snippet(text: str, words: list[str], length: int = LENGTH) -> list[Piece]:
    """The part of a long text around the first word found, in pieces; its beginning if none is."""
    flat = " ".join(text.split())
    places = [found.start() for word in words if (found := re.search(re.escape(word), flat, re.IGNORECASE))]
    start = max(min(places, default=0) - AROUND, 0)
    if start:
        start = flat.find(" ", start) + 1 or start
    part = flat[start : start + length]
    return pieces(f"{'… ' if start else ''}{part}{' …' if start + length < len(flat) else ''}", words)


def spelled(word: str) -> set[str]:
    """A word as it may stand in stored JSON: as it is, or with its signs written out."""
    return {word, json.dumps(word)[1:-1], json.dumps(word, ensure_ascii=False)[1:-1]}
