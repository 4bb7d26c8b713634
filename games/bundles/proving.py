"""What a bundle proves of each published state: computed anew from facts that are in it, or only that it was signed as it is here."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from games.bundles.bundle import Bundle
from games.bundles.published import Published
from games.errors import Problem
from leaderboards import receipts
from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext
from leaderboards.proof import instant


class How(StrEnum):
    """What stands behind the rows of a state."""

    RECOMPUTED = "recomputed"  # the rows follow from the facts in the bundle
    INCLUDED = "included"  # they are what was published; whether that was right, this bundle cannot tell
    DIFFERS = "differs"  # they do not follow from the facts in the bundle


@dataclass(frozen=True, slots=True)
class BoardProof:
    """What was found of the last state of a board, and of those before it.

    `facts`: how many of each kind it was computed from; `why`: why it was not; `signed`: of how many states the signature and the root
    hold, `bare`: whether the last one has none; `keys`: thumbprints of who signed; `trusted`: whether the last state was signed, and all
    that were by a key that follows from a pinned one (None: nothing was pinned).
    """

    board: str
    states: int
    number: int
    rows: int
    how: How
    facts: Mapping[str, int]
    why: str = ""
    signed: int = 0
    bare: bool = False
    keys: tuple[str, ...] = ()
    trusted: bool | None = None

    def said(self) -> Iterator[str]:
        """What this proves and what it does not, a sentence a line."""
        version = f'board "{self.board}", version {self.number}'
        match self.how:
            case How.RECOMPUTED:
                of = ", ".join(f"{count} {kind}" for kind, count in self.facts.items() if count) or _("no facts")
                yield _(
                    "{version}: recomputed from {of}; all {rows} rows equal to what was published",
                    version=version,
                    of=of,
                    rows=self.rows,
                )
            case How.INCLUDED:
                yield _(
                    "{version}: not recomputed ({why}); its {rows} rows are those that the digest was made of",
                    version=version,
                    why=self.why,
                    rows=self.rows,
                )
            case How.DIFFERS:
                yield _("{version}: recomputed, and not equal (see the differences)", version=version)
        yield f"  {self._signature()}"

    def _signature(self) -> str:
        if not self.signed:
            bare = _("not signed: the digests only show that the rows and their order of publication hold together")
            return _("{bare}; NOT proven by the key that you pinned", bare=bare) if self.trusted is False else bare
        of = ngettext(
            "its signature",
            "the signatures of {signed} of {states} versions",
            self.states,
            signed=self.signed,
            states=self.states,
        )
        by = _("{of} and Merkle root hold, by {names}", of=of, names=", ".join(self.keys))
        if self.bare:
            return _("{by}; the last version is NOT signed: its digest only shows that its rows hold together", by=by)
        match self.trusted:
            case True:
                return _("{by}: the key that you pinned, or one that follows from it", by=by)
            case False:
                return _("{by}: NOT the key that you pinned, and nothing here shows that it follows from it", by=by)
            case None:
                return _("{by}: a key that came with the bundle; pin the one you know with --key to know who signed", by=by)


def proof_faults(cycle: str, board: str, one: Published) -> Iterator[Problem]:
    """What does not hold of a state's signature, root and statement; `cycle`: the key of the cycle whose state it should be."""
    for fault in _faults(cycle, one):
        yield Problem(f'board "{board}", snapshot {one.number}', fault)


def _faults(cycle: str, one: Published) -> Iterator[str]:
    if one.proof is None:
        return
    proof, said = one.proof, _statement(one)
    if not said:
        yield _("what was signed is no statement in canonical JSON")
        return
    if not receipts.is_signed(proof.statement.encode(), proof.signature, proof.key):
        yield _("its signature does not hold")
    if said.get("kid") != receipts.thumbprint(proof.key):
        yield _("it names another key than the one that signed")
    if receipts.root_over(one.rows, bytes.fromhex(proof.secret)) != said.get("root"):
        yield _("its rows do not have the root {said}… that was signed", said=str(said.get("root"))[:12])
    expected = {
        "type": receipts.SNAPSHOT,
        "cycle": cycle,
        "board": one.board,
        "audience": "public",
        "number": one.number,
        "design": one.design,
        "previous": one.previous,
        "digest": one.digest,
        "size": len(one.rows),
        "published_at": instant(one.at) if one.at else "",
    }
    off = [name for name, value in expected.items() if said.get(name) != value]
    if off:
        yield _("was signed with another {names}", names=", ".join(off))


def _statement(one: Published) -> dict[str, Any]:
    """What was signed; empty where that is not the one text that everybody writes it as."""
    text = one.proof.statement if one.proof else ""
    try:
        said = receipts.read_json(text)
        return said if isinstance(said, dict) and receipts.canonical(said).decode() == text else {}
    except ValueError:
        return {}


def keys_of(states: Sequence[Published]) -> tuple[str, ...]:
    """Thumbprints of the keys that signed, in order of their first use."""
    return tuple(dict.fromkeys(receipts.thumbprint(one.proof.key) for one in states if one.proof is not None))


def are_trusted(states: Sequence[Published], pinned: Sequence[str], chain: Sequence[Mapping[str, Any]]) -> bool | None:
    """Whether the last state is signed, and each that is by a pinned key or one that follows from it; None where nothing was pinned.

    The digest of the last one rests on those before it, so that an earlier one may be unsigned.
    """
    if not pinned:
        return None
    signed = [one for one in states if one.proof is not None]
    known = receipts.pins(pinned)
    return states[-1].proof is not None and all(
        receipts.trusted_way(receipts.thumbprint(one.proof.key), known, chain, published_at=instant(one.at) if one.at else "")
        is not None
        for one in signed
        if one.proof is not None
    )


COUNTED: Final = ("submissions", "marks", "attempts", "votes")
WORDS: Final = {"submissions": "entries", "marks": "marks", "attempts": "attempts", "votes": "votes"}


def facts_behind(bundle: Bundle, rounds: Collection[str], *, points: bool, acts: int | None) -> dict[str, int]:
    """How many facts of each kind a board rests on: of its rounds, or rows of points up to the act that it counts."""
    if points:
        return {"rows of points": sum(1 for row in bundle.tables.points.rows if acts is None or row.number <= acts)}
    found: Counter[str] = Counter()
    for name in COUNTED:
        found[WORDS[name]] = sum(1 for row in getattr(bundle.tables, name).rows if row.round in rounds)
    found["decisions"] = len(bundle.tables.decisions.rows)
    return dict(found)
