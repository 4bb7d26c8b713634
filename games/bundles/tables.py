"""The tables of a bundle as typed rows. Columns may stand in any order; columns nobody asked for are kept as data."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from games.bundles import cells
from games.bundles.earned_rows import CreditRow, GameRow, PointRow
from games.bundles.helped_rows import BookingRow, PeerAsideRow, PeerRow, SessionNoteRow, SlotRow
from games.bundles.learned_rows import ChangeTestRow, ObservationRow, ReadingRow, TakenRow
from games.bundles.partner_rows import PartnerRow
from games.bundles.rows import (
    AppealRow,
    AssignmentRow,
    AttemptRow,
    ChangeRow,
    ConflictRow,
    DecisionRow,
    FileRow,
    GroupRow,
    JournalRow,
    MarkRow,
    OfficialRow,
    PersonRow,
    PitchRow,
    ReplyRow,
    RoundRow,
    StandRow,
    SubmissionRow,
    VoteRow,
)
from games.bundles.rules import Faults
from games.bundles.shared_rows import DerivationRow, IdeaRow, IdeaShareRow, IdeaVersionRow, RiskAnswerRow
from games.bundles.suggested_rows import SuggestionRow
from games.bundles.talk_rows import PostRow, ThreadRow
from games.bundles.text import decoded, header_of, rows_of
from games.bundles.won_rows import (
    AdoptionRow,
    CarriedRow,
    CheerRow,
    ExchangeRow,
    FlagRow,
    GrantRow,
    ProgressRow,
    ProposalRow,
    RetrospectiveRow,
    WeekRow,
    WinRow,
)
from games.changes.rules import AppealState, ChangeKind, ChangeSetState
from games.coaching.rules import PLACE, TOPICS, Outcome
from games.ideas.rules import LINE, PARTS, TITLE, DerivationKind, IdeaKind
from games.ideas.rules import Audience as IdeaAudience
from games.journal.rules import Kind
from games.judging.rules import ConflictKind, ConflictSource, ReplyKind
from games.judging.rules.hall import LOCATION
from games.judging.rules.pitching import ROOM
from games.learning.rules import Act, ChangeState
from games.partnerships.rules import NAME, AnswerState, PartnershipKind, PartnershipState
from games.peers.rules import PeerState
from games.playbooks.rules import Visibility
from games.progression.succeeding import CarriedKind
from games.recognition.rules.grants import GrantState
from games.recognition.rules.watching import ExchangeKind, FlagKind, FlagState
from games.recognition.rules.wins import WinKind
from games.retrospectives.rules import SECTIONS, AdoptionWay, ProposalState
from games.suggestions.rules import SuggestionState
from games.talk.rules import ThreadKind
from leaderboards.engine.facts import DecisionKind, MarkState
from leaderboards.engine.language import gettext as _


@dataclass(slots=True, eq=False)
class Table[Row: tuple[Any, ...]]:
    """Rows, the names of their further columns, and where each row stood in its file (not part of what it says)."""

    rows: list[Row] = field(default_factory=list)
    extra: tuple[str, ...] = ()
    numbers: list[int | str] = field(default_factory=list, repr=False)

    def __eq__(self, other: object) -> bool:
        """The same rows, in whatever order: order means nothing in a table."""
        return isinstance(other, Table) and self.extra == other.extra and Counter(self.rows) == Counter(other.rows)

    __hash__ = None  # type: ignore[assignment]  # tables change while they are built

    def number(self, place: int) -> int | str | None:
        """The row of the file, if it came from one."""
        return self.numbers[place] if place < len(self.numbers) else None


Cell = Callable[[str], Any]


@dataclass(frozen=True, slots=True)
class Shape:
    """What a table looks like: how a row is made, how each column is read, which columns must be there."""

    row: type[tuple[Any, ...]]
    columns: Mapping[str, Cell]
    required: tuple[str, ...]


_REF: Final = cells.Short(100)
_STATUS: Final = cells.OneOf("submitted", "withdrawn", "disqualified", "draft", "locked", "published", otherwise="submitted")
SHAPES: Final[Mapping[str, Shape]] = {
    "groups": Shape(GroupRow, {"group": cells.key, "name": cells.Short(300)}, ("group",)),
    "rounds": Shape(
        RoundRow,
        {
            "round": cells.key,
            "opened": cells.moment,
            "passed": cells.moment,
            "extended": cells.moment,
            "locked": cells.moment,
            "closed": cells.moment,
            "published": cells.moment,
            "visibility": cells.OneOf("", *Visibility),
        },
        ("round",),
    ),
    "submissions": Shape(
        SubmissionRow,
        {"round": _REF, "challenge": _REF, "group": cells.key, "version": cells.version, "at": cells.moment, "status": _STATUS},
        ("group",),
    ),
    "marks": Shape(
        MarkRow,
        {
            "round": _REF,
            "challenge": _REF,
            "group": cells.key,
            "version": cells.version,
            "judge": cells.key,
            "criterion": _REF,
            "value": cells.number,
            "state": cells.OneOf(*MarkState),
            "comment": cells.text,
        },
        ("group", "judge", "value"),
    ),
    "attempts": Shape(
        AttemptRow,
        {
            "round": _REF,
            "challenge": _REF,
            "group": cells.key,
            "at": cells.since,
            "verdict": cells.Short(20),
            "value": cells.number,
        },
        ("group", "at"),
    ),
    "votes": Shape(
        VoteRow,
        {
            "round": _REF,
            "challenge": _REF,
            "judge": cells.key,
            "a": cells.key,
            "b": cells.key,
            "outcome": cells.OneOf("a", "b", "tie", ""),
            "count": cells.count,
            "list": cells.Short(100),
            "at": cells.moment,
        },
        ("judge", "a", "b", "outcome"),
    ),
    "decisions": Shape(
        DecisionRow,
        {
            "at": cells.moment,
            "kind": cells.OneOf(*DecisionKind),
            "round": _REF,
            "board": _REF,
            "group": cells.key,
            "other": _REF,
            "value": cells.Short(300),
            "reason": cells.text,
            "decider": cells.Short(300),
        },
        ("kind", "group"),
    ),
    "official": Shape(
        OfficialRow,
        {
            "kind": cells.OneOf("board", "value", "round", "entrants", "award", "record", "external"),
            "key": cells.Short(200),
            "group": cells.key,
            "name": cells.Short(100),
            "value": cells.Short(100),
        },
        ("kind", "key", "group"),
    ),
    "people": Shape(
        PersonRow, {"person": cells.key, "name": cells.Short(300), "role": _REF, "group": _REF, "email": cells.email}, ("person",)
    ),
    "assignments": Shape(
        AssignmentRow,
        {
            "round": _REF,
            "challenge": _REF,
            "group": _REF,
            "judge": cells.key,
            "panel": _REF,
            "topics": cells.text,
            "languages": cells.text,
            "max_load": cells.limit,
            "chair": cells.OneOf("", "yes"),
            "left": cells.acted_ever,
        },
        ("judge",),
    ),
    "conflicts": Shape(
        ConflictRow,
        {
            "judge": cells.key,
            "group": cells.key,
            "reason": cells.text,
            "kind": cells.OneOf("", *ConflictKind),
            "source": cells.OneOf("", *ConflictSource),
            "lifted": cells.acted_ever,
            "lifted_reason": cells.text,
        },
        ("judge", "group"),
    ),
    "replies": Shape(
        ReplyRow,
        {
            "round": _REF,
            "challenge": _REF,
            "group": cells.key,
            "judge": cells.key,
            "panel": _REF,
            "kind": cells.OneOf(*ReplyKind),
            "text": cells.text,
            "at": cells.acted,
            "used_round": _REF,
            "used_challenge": _REF,
            "version": cells.version,
        },
        ("group", "judge", "kind", "at"),
    ),
    "appeals": Shape(
        AppealRow,
        {
            "number": cells.whole,
            "round": _REF,
            "challenge": _REF,
            "group": cells.key,
            "text": cells.text,
            "state": cells.OneOf(*AppealState),
            "answer": cells.text,
            "at": cells.acted,
            "answered": cells.acted_ever,
        },
        ("number", "round", "group", "text", "state", "at"),
    ),
    "changes": Shape(
        ChangeRow,
        {
            "number": cells.whole,
            "state": cells.OneOf(*ChangeSetState),
            "reason": cells.text,
            "appeal": cells.version,
            "at": cells.acted,
            "settled": cells.acted_ever,
            "settled_reason": cells.text,
            "position": cells.version,
            "kind": cells.OneOf("", *ChangeKind),
            "target": cells.payload,
            "before": cells.payload,
            "after": cells.payload,
        },
        ("number", "state", "reason", "at"),
    ),
    "stands": Shape(
        StandRow,
        {
            "round": _REF,
            "table": cells.whole,
            "group": cells.key,
            "location": cells.Short(LOCATION),
            "absent": cells.acted_ever,
        },
        ("round", "table", "group"),
    ),
    "pitches": Shape(
        PitchRow,
        {
            "round": _REF,
            "group": cells.key,
            "panel": _REF,
            "room": cells.Short(ROOM),
            "at": cells.acted,
            "minutes": cells.whole,
        },
        ("round", "group", "panel", "room", "at", "minutes"),
    ),
    "ideas": Shape(
        IdeaRow,
        {
            "number": cells.whole,
            "kind": cells.OneOf(*IdeaKind),
            "title": cells.Short(TITLE),
            "group": _REF,
            "round": _REF,
            "challenge": _REF,
            "step": cells.Short(LINE),
            "entry": cells.version,
            "attempt": cells.version,
            "audience": cells.OneOf(*IdeaAudience),
            "readers": cells.text,
            "licence": cells.Short(LINE),
            "tags": cells.text,
            "merged": cells.version,
            "hidden": cells.acted_ever,
            "hidden_why": cells.text,
            "shared": cells.acted,
            "room": cells.OneOf("", "told", "nameless"),
        },
        ("number", "kind", "title", "audience", "shared"),
    ),
    "idea_versions": Shape(
        IdeaVersionRow,
        {
            "idea": cells.whole,
            "number": cells.whole,
            "title": cells.Short(TITLE),
            **dict.fromkeys(("summary", *PARTS, "note"), cells.text),
            "at": cells.acted,
        },
        ("idea", "number", "title", "at"),
    ),
    "derivations": Shape(
        DerivationRow,
        {
            "target": cells.whole,
            "source": cells.whole,
            "kind": cells.OneOf(*DerivationKind),
            "reason": cells.text,
            "at": cells.acted,
            "cycle": _REF,
        },
        ("target", "source", "kind", "at"),
    ),
    "idea_shares": Shape(
        IdeaShareRow,
        {"idea": cells.whole, "group": cells.key, "basis_points": cells.whole},
        ("idea", "group", "basis_points"),
    ),
    "risk_answers": Shape(RiskAnswerRow, {"round": cells.key, "text": cells.text}, ("round", "text")),
    "partners": Shape(
        PartnerRow,
        {
            "number": cells.whole,
            "kind": cells.OneOf(*PartnershipKind),
            "state": cells.OneOf(*PartnershipState),
            "lead": cells.key,
            "group": cells.key,
            "basis_points": cells.whole,
            "answer": cells.OneOf(*AnswerState),
            "proposed": cells.acted,
            "settled": cells.acted_ever,
            "answered": cells.acted_ever,
            "round": _REF,
            "challenge": _REF,
            "name": cells.Short(NAME),
            "note": cells.text,
        },
        ("number", "kind", "state", "lead", "group", "basis_points", "answer", "proposed"),
    ),
    "observations": Shape(
        ObservationRow,
        {
            "measure": cells.Short(100),
            "group": _REF,
            "period": cells.day,
            "value": cells.number,
            "note": cells.text,
            "at": cells.acted,
            "replaced": cells.acted_ever,
        },
        ("measure", "period", "value", "at"),
    ),
    "change_tests": Shape(
        ChangeTestRow,
        {
            "number": cells.whole,
            "group": cells.key,
            "idea": cells.version,
            "round": _REF,
            "title": cells.Short(200),
            "prediction": cells.text,
            "done": cells.text,
            "data": cells.text,
            "learned": cells.text,
            "state": cells.OneOf(*ChangeState),
            "act": cells.OneOf("", *Act),
            "at": cells.acted,
            "began": cells.acted_ever,
            "acted": cells.acted_ever,
            "taken": cells.version,
        },
        ("number", "group", "title", "state", "at"),
    ),
    "readings": Shape(
        ReadingRow,
        {
            "number": cells.whole,
            "round": cells.key,
            "group": cells.key,
            "idea": cells.version,
            "challenge": _REF,
            "of": _REF,
            "entry": cells.version,
            "read": cells.acted_ever,
        },
        ("number", "round", "group"),
    ),
    "taken": Shape(
        TakenRow,
        {
            "number": cells.whole,
            "round": cells.key,
            "group": cells.key,
            "text": cells.Short(200),
            "prediction": cells.text,
            "reading": cells.version,
            "at": cells.acted,
        },
        ("number", "round", "group", "text", "at"),
    ),
    "slots": Shape(
        SlotRow,
        {
            "number": cells.whole,
            "expert": cells.key,
            "starts": cells.acted,
            "ends": cells.acted,
            "seats": cells.count,
            "place": cells.Short(PLACE),
            "topics": cells.Short(TOPICS),
            "offered": cells.acted,
            "withdrawn": cells.acted_ever,
        },
        ("number", "expert", "starts", "ends", "offered"),
    ),
    "bookings": Shape(
        BookingRow,
        {
            "number": cells.whole,
            "slot": cells.whole,
            "group": cells.key,
            "question": cells.text,
            "counts": cells.OneOf("yes", "no", otherwise="yes"),
            "round": _REF,
            "booked": cells.acted,
            "cancelled": cells.acted_ever,
            "outcome": cells.OneOf(*(one.value for one in Outcome)),
            "settled": cells.acted_ever,
            "prize": _REF,
        },
        ("number", "slot", "group", "question", "booked"),
    ),
    "session_notes": Shape(
        SessionNoteRow,
        {"booking": cells.whole, "text": cells.text, "at": cells.acted},
        ("booking", "text", "at"),
    ),
    "peers": Shape(
        PeerRow,
        {
            "number": cells.whole,
            "group": cells.key,
            "other": cells.key,
            "words": cells.text,
            "state": cells.OneOf(*PeerState),
            "round": _REF,
            "challenge": _REF,
            "reason": cells.Short(300),
            "answer": cells.text,
            "at": cells.acted,
            "answered": cells.acted_ever,
        },
        ("number", "group", "other", "words", "state", "at"),
    ),
    "peers_aside": Shape(PeerAsideRow, {"group": cells.key, "at": cells.acted}, ("group", "at")),
    "suggestions": Shape(
        SuggestionRow,
        {
            "number": cells.whole,
            "title": cells.Short(TITLE),
            "why": cells.text,
            "state": cells.OneOf(*SuggestionState),
            "at": cells.acted,
            "group": _REF,
            "change": cells.text,
            "diff": cells.text,
            "ruling": cells.text,
            "answer": cells.text,
            "decided": cells.acted_ever,
            "applied": cells.acted_ever,
            "version": cells.version,
        },
        ("number", "title", "why", "state", "at"),
    ),
    "threads": Shape(
        ThreadRow,
        {
            "number": cells.whole,
            "kind": cells.OneOf(*ThreadKind),
            "title": cells.Short(TITLE),
            "group": _REF,
            "idea": cells.version,
            "asked": cells.text,
            "opened": cells.acted,
            "due": cells.acted_ever,
            "replied": cells.acted_ever,
            "answered": cells.acted_ever,
            "accepted": cells.version,
            "hidden": cells.acted_ever,
        },
        ("number", "kind", "title", "opened"),
    ),
    "posts": Shape(
        PostRow,
        {
            "thread": cells.whole,
            "number": cells.whole,
            "group": _REF,
            "text": cells.text,
            "at": cells.acted,
            "corrects": cells.version,
            "helpful": cells.acted_ever,
            "hidden": cells.acted_ever,
        },
        ("thread", "number", "text", "at"),
    ),
    "files": Shape(
        FileRow,
        {
            "round": _REF,
            "challenge": _REF,
            "group": cells.key,
            "entry": cells.count,
            "field": _REF,
            "digest": cells.digest,
            "name": cells.Short(255),
        },
        ("group", "field", "digest", "name"),
    ),
    "points": Shape(
        PointRow,
        {
            "number": cells.whole,
            "rule": _REF,
            "group": _REF,
            "person": _REF,
            "amount": cells.signed,
            "at": cells.acted,
            "reverses": cells.version,
            "partner": _REF,
            "day": cells.day_ever,
            "repeats": cells.version,
        },
        ("number", "rule", "group", "amount", "at"),
    ),
    "game": Shape(
        GameRow,
        {
            "kind": cells.OneOf("badge", "quest", "goal", "tally", "week"),
            "key": cells.Short(230),
            "at": cells.acted,
            "group": _REF,
            "person": _REF,
            "number": cells.version,
            "last": cells.acted_ever,
            "early": cells.version,
            "points": cells.balance,
        },
        ("kind", "key", "at"),
    ),
    "credit": Shape(
        CreditRow,
        {
            "number": cells.whole,
            "rule": _REF,
            "group": _REF,
            "award": cells.whole,
            "builder": _REF,
            "of": cells.version,
            "to": cells.version,
            "depth": cells.count,
            "exact": cells.number,
            "uncapped": cells.count,
            "ways": cells.text,
        },
        ("number", "rule", "group", "award", "builder", "exact"),
    ),
    "wins": Shape(
        WinRow,
        {
            "group": cells.key,
            "kind": cells.OneOf(*WinKind),
            "key": cells.Short(230),
            "at": cells.acted,
            "reached": cells.whole_ever,
            "before": cells.whole_ever,
            **dict.fromkeys(("idea", "built", "test"), cells.version),
            "round": _REF,
            "challenge": _REF,
            "attempt": cells.version,
            "board": _REF,
            "partner": _REF,
        },
        ("group", "kind", "key", "at"),
    ),
    "cheers": Shape(
        CheerRow,
        {
            "group": cells.key,
            "kind": cells.OneOf(*WinKind),
            "key": cells.Short(230),
            "person": cells.key,
            "at": cells.acted,
            "team": _REF,
        },
        ("group", "kind", "key", "person", "at"),
    ),
    "progress": Shape(
        ProgressRow,
        {
            "group": cells.key,
            "what": cells.Short(210),
            "state": cells.payload,
            "base": cells.payload,
            "mark": cells.Short(200),
        },
        ("group", "what", "state"),
    ),
    "weeks": Shape(
        WeekRow,
        {"group": cells.key, "week": cells.day, **dict.fromkeys(("acts", "tests", "adoptions"), cells.version)},
        ("group", "week"),
    ),
    "exchanges": Shape(
        ExchangeRow,
        {"giver": cells.key, "receiver": cells.key, "kind": cells.OneOf(*ExchangeKind), "count": cells.signed},
        ("giver", "receiver", "kind", "count"),
    ),
    "flags": Shape(
        FlagRow,
        {
            "number": cells.whole,
            "kind": cells.OneOf(*FlagKind),
            "groups": cells.text,
            "facts": cells.payload,
            "found": cells.acted,
            "seen": cells.acted,
            "state": cells.OneOf(*FlagState),
            "reason": cells.text,
            "settled": cells.acted_ever,
            "by": _REF,
        },
        ("number", "kind", "groups", "facts", "found", "seen", "state"),
    ),
    "grants": Shape(
        GrantRow,
        {
            "award": cells.key,
            "group": _REF,
            "state": cells.OneOf(*GrantState),
            "place": cells.Short(20),
            "cents": cells.whole_ever,
            "currency": cells.Short(3),
            "kind": cells.Short(30),
            "name": cells.Short(300),
            "board": _REF,
            "sessions": cells.version,
            "reason": cells.text,
            "proof": cells.text,
            "file": cells.digest_ever,
            "file_name": cells.Short(255),
            "created": cells.acted_ever,
            "changed": cells.acted_ever,
        },
        ("award", "state"),
    ),
    "carried": Shape(
        CarriedRow,
        {
            "group": cells.key,
            "kind": cells.OneOf(*CarriedKind),
            "key": cells.Short(100),
            "at": cells.acted,
            "name": cells.Short(300),
            "was": cells.balance,
            "amount": cells.balance,
            "test": cells.version,
        },
        ("group", "kind", "at"),
    ),
    "retrospective": Shape(
        RetrospectiveRow,
        {
            "section": cells.OneOf(*SECTIONS),
            "data": cells.told,
            "made": cells.acted,
            "asked": cells.acted,
            "design": cells.version,
            "published": cells.acted_ever,
            "words": cells.text,
            "said": cells.acted_ever,
        },
        ("section", "data", "made", "asked"),
    ),
    "proposals": Shape(
        ProposalRow,
        {
            "number": cells.whole,
            "section": cells.OneOf(*SECTIONS),
            "code": cells.Short(40),
            "state": cells.OneOf(*ProposalState),
            "about": cells.Short(100),
            "facts": cells.payload,
            "change": cells.told,
            "reason": cells.text,
            "decided": cells.acted_ever,
        },
        ("number", "section", "code", "state"),
    ),
    "adoptions": Shape(
        AdoptionRow,
        {
            "idea": cells.whole,
            "way": cells.OneOf(*AdoptionWay),
            "at": cells.acted,
            "prediction": cells.text,
            "playbook": cells.Short(120),
        },
        ("idea", "way", "at"),
    ),
    "journal": Shape(
        JournalRow,
        {
            "number": cells.whole,
            "at": cells.acted,
            "kind": cells.OneOf(*Kind),
            "group": _REF,
            "subject": cells.Short(80),
            "payload": cells.payload,
        },
        ("number", "at", "kind"),
    ),
}
"""Every table by its name; the file is NAME.csv."""


@dataclass(slots=True)
class Tables:
    """Everything a bundle says beside its rules; `getattr(tables, NAME)` for the names in SHAPES."""

    groups: Table[GroupRow] = field(default_factory=Table)
    rounds: Table[RoundRow] = field(default_factory=Table)
    submissions: Table[SubmissionRow] = field(default_factory=Table)
    marks: Table[MarkRow] = field(default_factory=Table)
    attempts: Table[AttemptRow] = field(default_factory=Table)
    votes: Table[VoteRow] = field(default_factory=Table)
    decisions: Table[DecisionRow] = field(default_factory=Table)
    official: Table[OfficialRow] = field(default_factory=Table)
    people: Table[PersonRow] = field(default_factory=Table)
    assignments: Table[AssignmentRow] = field(default_factory=Table)
    conflicts: Table[ConflictRow] = field(default_factory=Table)
    replies: Table[ReplyRow] = field(default_factory=Table)
    appeals: Table[AppealRow] = field(default_factory=Table)
    changes: Table[ChangeRow] = field(default_factory=Table)
    stands: Table[StandRow] = field(default_factory=Table)
    pitches: Table[PitchRow] = field(default_factory=Table)
    ideas: Table[IdeaRow] = field(default_factory=Table)
    idea_versions: Table[IdeaVersionRow] = field(default_factory=Table)
    derivations: Table[DerivationRow] = field(default_factory=Table)
    idea_shares: Table[IdeaShareRow] = field(default_factory=Table)
    risk_answers: Table[RiskAnswerRow] = field(default_factory=Table)
    partners: Table[PartnerRow] = field(default_factory=Table)
    observations: Table[ObservationRow] = field(default_factory=Table)
    change_tests: Table[ChangeTestRow] = field(default_factory=Table)
    readings: Table[ReadingRow] = field(default_factory=Table)
    taken: Table[TakenRow] = field(default_factory=Table)
    slots: Table[SlotRow] = field(default_factory=Table)
    bookings: Table[BookingRow] = field(default_factory=Table)
    session_notes: Table[SessionNoteRow] = field(default_factory=Table)
    peers: Table[PeerRow] = field(default_factory=Table)
    peers_aside: Table[PeerAsideRow] = field(default_factory=Table)
    suggestions: Table[SuggestionRow] = field(default_factory=Table)
    threads: Table[ThreadRow] = field(default_factory=Table)
    posts: Table[PostRow] = field(default_factory=Table)
    files: Table[FileRow] = field(default_factory=Table)
    points: Table[PointRow] = field(default_factory=Table)
    game: Table[GameRow] = field(default_factory=Table)
    credit: Table[CreditRow] = field(default_factory=Table)
    wins: Table[WinRow] = field(default_factory=Table)
    cheers: Table[CheerRow] = field(default_factory=Table)
    progress: Table[ProgressRow] = field(default_factory=Table)
    weeks: Table[WeekRow] = field(default_factory=Table)
    exchanges: Table[ExchangeRow] = field(default_factory=Table)
    flags: Table[FlagRow] = field(default_factory=Table)
    grants: Table[GrantRow] = field(default_factory=Table)
    carried: Table[CarriedRow] = field(default_factory=Table)
    retrospective: Table[RetrospectiveRow] = field(default_factory=Table)
    proposals: Table[ProposalRow] = field(default_factory=Table)
    adoptions: Table[AdoptionRow] = field(default_factory=Table)
    journal: Table[JournalRow] = field(default_factory=Table)

    def named(self) -> Iterator[tuple[str, Table[Any]]]:
        """Every table with its name."""
        return ((name, getattr(self, name)) for name in SHAPES)


def read_table(name: str, content: bytes, faults: Faults) -> Table[Any]:
    """The rows of one table; what cannot be read is left out and named in `faults`."""
    shape = SHAPES[name]
    text = decoded(content, faults)
    header = header_of(text, faults) if text is not None else None
    if text is None or header is None:
        return Table()
    missing = [column for column in shape.required if column not in header]
    if missing:
        faults.add(_("missing column {names}; found: {names2}", names=", ".join(missing), names2=", ".join(header)), row=1)
        return Table()
    return _typed(shape, text, header, faults)


def _typed(shape: Shape, text: str, header: list[str], faults: Faults) -> Table[Any]:
    """Read cell by cell. A column that is not there reads as an empty cell: one is put at the end of each row for it."""
    readers = [(header.index(name) if name in header else len(header), read) for name, read in shape.columns.items()]
    more = [place for place, name in enumerate(header) if name not in shape.columns]
    table: Table[Any] = Table(extra=tuple(header[place] for place in more))
    make, rows, numbers = shape.row._make, table.rows, table.numbers  # type: ignore[attr-defined]  # every row is a NamedTuple
    blank, there = _blank(readers, len(header))
    for number, found in rows_of(text, len(header), faults):
        line = [cell.strip() for cell in found]
        line.append("")
        values = blank.copy()
        try:
            for column, place, read in there:
                values[column] = read(line[place])
        except ValueError:
            _name_faults(shape, line, readers, number, faults)
            continue
        values.append(tuple(line[place] for place in more) if more else ())
        rows.append(make(values))
        numbers.append(number)
    return table


def _blank(readers: list[tuple[int, Cell]], width: int) -> tuple[list[Any], list[tuple[int, int, Cell]]]:
    """What columns that are not there say, the same in each row, and those that are read: (column, place in the row, reader)."""
    blank: list[Any] = []
    there: list[tuple[int, int, Cell]] = []
    for column, (place, read) in enumerate(readers):
        try:
            blank.append(read("") if place == width else None)
        except ValueError:  # each row is told so
            blank.append(None)
            there.append((column, place, read))
        else:
            there += [(column, place, read)] if place < width else []
    return blank, there


def _name_faults(shape: Shape, line: list[str], readers: list[tuple[int, Cell]], number: int, faults: Faults) -> None:
    for column, (place, read) in zip(shape.columns, readers, strict=True):
        try:
            read(line[place])
        except ValueError as error:
            faults.add(str(error), row=number, column=column)


def each(table: Table[Any], faults: Faults) -> Iterator[tuple[Any, Callable[[str, str], None]]]:
    """Rows, each with a way to refuse one of its cells."""
    for place, row in enumerate(table.rows):
        number = table.number(place)
        yield row, lambda column, message, number=number: faults.add(message, row=number, column=column)  # type: ignore[misc]
