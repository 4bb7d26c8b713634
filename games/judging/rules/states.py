"""States of a sheet and of a mark; what is refused."""

from enum import StrEnum

from games.errors import Conflict, Invalid, NotAllowed


class SheetState(StrEnum):
    """assigned → draft → final; also recused. A final sheet changes only by reopening with a reason."""

    ASSIGNED = "assigned"
    DRAFT = "draft"
    FINAL = "final"
    RECUSED = "recused"


OPEN_SHEETS = frozenset({SheetState.ASSIGNED, SheetState.DRAFT})


class MarkState(StrEnum):
    """Why a mark has no value. A given mark has none of these."""

    GIVEN = ""
    ABSENT = "absent"
    RECUSED = "recused"


class Outcome(StrEnum):
    """Which of two entries is better; empty: no verdict."""

    A = "a"
    B = "b"
    TIE = "tie"
    NONE = ""


class ConflictKind(StrEnum):
    """Why a judge must not mark a group."""

    DECLARED = "declared"
    ORGANIZATION = "organization"
    TEAMMATE = "teammate"
    MENTOR = "mentor"
    BUILT_UPON = "built_upon"


class ConflictSource(StrEnum):
    """Who said so. What the system found may be lifted by an organizer, and is not found again."""

    JUDGE = "judge"
    TEAM = "team"
    ORGANIZER = "organizer"
    SYSTEM = "system"


class PlanState(StrEnum):
    """waiting → running → ready or infeasible or failed; ready → applied or dropped."""

    WAITING = "waiting"
    RUNNING = "running"
    READY = "ready"
    INFEASIBLE = "infeasible"
    FAILED = "failed"
    APPLIED = "applied"
    DROPPED = "dropped"


class CalibrationState(StrEnum):
    """marking → discussing → done; only anchors are open until it is done."""

    MARKING = "marking"
    DISCUSSING = "discussing"
    DONE = "done"


class ReviewState(StrEnum):
    """A human kept the mark as it is, or the judge changed it."""

    OPEN = "open"
    KEPT = "kept"
    CHANGED = "changed"


class DeliberationState(StrEnum):
    """open → closed, by the chair."""

    OPEN = "open"
    CLOSED = "closed"


class ReplyKind(StrEnum):
    """What is said to a sheet after publication: thanks and one question by the team, an answer by the judge, and what was done with it."""

    THANKS = "thanks"
    QUESTION = "question"
    ANSWER = "answer"
    USED = "used"


class NotOnPanel(NotAllowed):
    """Who marks is not on the panel, or does not judge in this cycle."""

    code = "not_on_panel"


class OwnGroup(NotAllowed):
    """Nobody judges a group that they belong to, or belonged to."""

    code = "own_group"


class ConflictDeclared(NotAllowed):
    """A conflict of interest is declared between this judge and this group."""

    code = "conflict_of_interest"


class ConflictRefused(Conflict):
    """A conflict of interest cannot be changed in this way now."""

    code = "conflict_refused"


class JudgingNotOpen(Conflict):
    """The entry is not there yet, or may still change."""

    code = "judging_not_open"


class JudgingClosed(Conflict):
    """The time for marks is over. The message says both times."""

    code = "judging_closed"


class SheetRefused(Conflict):
    """The sheet is in a state in which this cannot be done."""

    code = "sheet_refused"


class SheetStale(Conflict):
    """The sheet was saved elsewhere since this page was opened. `problems` names each value that differs, with both sides."""

    code = "sheet_stale"


class FlagRefused(Conflict):
    """Nothing can be asked or answered about this sheet now."""

    code = "flag_refused"


class AssignmentRefused(Invalid):
    """Some assignments cannot be; none was made. `problems` lists every one."""

    code = "assignment_refused"


class PlanRefused(Conflict):
    """The plan is in a state in which this cannot be done."""

    code = "plan_refused"


class PlanStale(Conflict):
    """Entries, judges, conflicts or sheets changed since the plan was worked out: it is worked out anew before it counts."""

    code = "plan_stale"


class VoteRefused(Invalid):
    """The comparison cannot be taken."""

    code = "vote_refused"
