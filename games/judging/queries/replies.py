"""What teams and judges say to each other about feedback: by sheet, waiting for an answer, and used in later versions."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from django.db.models import Exists, OuterRef, Q, QuerySet

from games.groups.models import Group
from games.judging.models import FeedbackReply, Sheet
from games.judging.queries.feedback import feedback_sheets
from games.judging.queries.others import named_to_team
from games.judging.rules import ReplyKind, SheetState
from games.rounds.models import Round
from games.submissions.models import Submission, Version
from games.submissions.queries import rules_of


@dataclass(slots=True)
class Talk:
    """What was said about one sheet. `uses`: in order of time, those of handed-in versions; `drafted`: the one being written."""

    thanks: FeedbackReply | None = None
    question: FeedbackReply | None = None
    answer: FeedbackReply | None = None
    drafted: FeedbackReply | None = None
    uses: list[FeedbackReply] = field(default_factory=list)

    @property
    def waits(self) -> bool:
        """Whether the judge is asked and has not answered."""
        return self.question is not None and self.answer is None


def talks_of(replies: QuerySet[FeedbackReply]) -> dict[int, Talk]:
    """Sheet → what was said about it, of rows that were narrowed to what the reader may see. One statement."""
    found: dict[int, Talk] = {}
    for one in replies.select_related("version__submission__challenge__round").order_by("at", "pk"):
        talk = found.setdefault(one.sheet_id, Talk())
        if one.kind != ReplyKind.USED.value:
            setattr(talk, one.kind, one)
        elif one.version_id is None:
            talk.drafted = one
        else:
            talk.uses.append(one)
    return found


def unanswered() -> Q:
    """Replies that are questions without an answer."""
    answers = FeedbackReply.objects.filter(sheet=OuterRef("sheet"), kind=ReplyKind.ANSWER.value)
    return Q(kind=ReplyKind.QUESTION.value) & ~Q(Exists(answers))


def to_judges(persons: Collection[int]) -> QuerySet[FeedbackReply]:
    """What teams said to these judges: thanks, questions, uses. Drafts of uses are the teams' own."""
    said = Q(kind__in=[ReplyKind.THANKS.value, ReplyKind.QUESTION.value]) | Q(kind=ReplyKind.USED.value, version__isnull=False)
    return FeedbackReply.objects.filter(said, sheet__judge__in=sorted(persons), sheet__state=SheetState.FINAL.value)


def uses_in(version: Version | int) -> QuerySet[FeedbackReply]:
    """What the team did in this version with feedback it got before, with the round of that feedback."""
    rows = FeedbackReply.objects.filter(version=version, kind=ReplyKind.USED.value)
    return rows.select_related("sheet__challenge__round").order_by("sheet__challenge__round__number", "pk")


def to_use(group: Group, round_: Round) -> QuerySet[Sheet]:
    """Feedback that a group can work with in a round: what it got in rounds of the cycle published before."""
    return feedback_sheets(group).filter(challenge__round__cycle=round_.cycle_id).exclude(challenge__round=round_)


def usable_versions(sheet: Sheet) -> QuerySet[Version]:
    """Versions of the group that were handed in since the feedback could be read, the newest first."""
    entries = Submission.objects.filter(group=sheet.group_id)
    later = Version.objects.filter(submission__in=entries, at__gte=sheet.challenge.round.published_at)
    return later.select_related("submission__challenge__round").order_by("-at", "-pk")


def drafts_of(group: Group, sheets: Iterable[Sheet]) -> dict[int, str]:
    """Sheet → what the team is writing about its use, else what it said last. One statement."""
    rows = FeedbackReply.objects.filter(sheet__in=list(sheets), sheet__group=group, kind=ReplyKind.USED.value)
    found: dict[int, str] = {}
    for one in sorted(rows, key=lambda row: (row.version_id is None, row.at, row.pk)):
        found[one.sheet_id] = one.text
    return found


def judge_named_to_team(sheet: Sheet) -> bool:
    """Whether the judged team reads the judge's name: as the round says, and never of a peer: teams that judge teams stay unnamed."""
    if not named_to_team(sheet.challenge.round):
        return False
    panels = {one.key: one.who for one in rules_of(sheet.challenge)[1].judges_panels}
    return panels.get(sheet.panel) == "judges"
