"""What the formats share: why a file cannot be made bare, and lists of chunks."""

from collections.abc import Collection, Iterator


class NotBare(Exception):
    """Who made the file cannot be taken out of it; the reason in words."""


def need(found: bool, why: str) -> None:  # noqa: FBT001 the condition reads first
    """Raise NotBare unless it is so."""
    if not found:
        raise NotBare(why)


def riff_chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """(kind, content) of the chunks of a RIFF file: WebP, WAV."""
    at = 12
    while at + 8 <= len(data):
        size = int.from_bytes(data[at + 4 : at + 8], "little")
        yield data[at : at + 4], data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2


def riff(kind: bytes, chunks: Collection[tuple[bytes, bytes]]) -> bytes:
    """A RIFF file of these chunks."""
    body = kind + b"".join(
        name + len(content).to_bytes(4, "little") + content + b"\0" * (len(content) % 2) for name, content in chunks
    )
    return b"RIFF" + len(body).to_bytes(4, "little") + body
