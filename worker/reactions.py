"""What happened, and what it starts: the whole flow of the game on one screen.

Every act is an entry of the journal. After its commit `worker.waking` asks a worker for a pulse at once. A pulse seals the journal and
does what stands here for each sealed entry. Only workers load this: it leads to every action of the game.
"""

from collections.abc import Callable, Mapping
from typing import Final

from games.credentials import actions as credentials
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.ideas.models import Idea
from games.journal.models import JournalEntry
from games.journal.rules import Kind
from games.judging import actions as judging
from games.learning import actions as learning
from games.notices import actions as notices
from games.progression import actions as progression
from games.results import actions as results
from leaderboards.engine.spec import Source
from leaderboards.kept import Kept
from worker.awarding import deliver_coaching, follow, pass_on
from worker.succeeding import begin_with_what_was_adopted, look_back_at_the_end
from worker.telling import asked
from worker.waking import publish

type Reaction = Callable[[JournalEntry], object]


def refresh(entry: JournalEntry) -> None:
    """Boards of the cycle are brought up to date: asked for once, however many acts ask."""
    cycle = _cycle(entry)
    if cycle is not None:
        asked(entry)
        results.request_refresh(cycle)


def refresh_points(entry: JournalEntry) -> None:
    """The same, where a board ranks by points."""
    cycle = _cycle(entry)
    if cycle is not None and any(board.source is Source.POINTS for board in design_of(cycle).boards):
        asked(entry)
        results.request_refresh(cycle)


def _cycle(entry: JournalEntry) -> Cycle | None:
    """The cycle of the act; None if it has none, was deleted since, or has no rules yet."""
    return None if entry.cycle_id is None else next(iter(_with_rules(entry.cycle_id)), None)


_with_rules: Final[Kept[Cycle, Cycle]] = Kept(lambda pk: Cycle.objects.filter(pk=pk, design_number__gt=0), int)
_rehearsed: Final[Kept[Cycle, tuple[int]]] = Kept(lambda pk: Cycle.objects.filter(pk=pk, rehearsal=True).values_list("pk"), int)


def calibrate(entry: JournalEntry) -> None:
    """A panel that calibrates goes on: newcomers get its anchors, and once all are marked its judges talk."""
    judging.follow_calibration(entry)


def tell(entry: JournalEntry) -> None:
    """The people concerned are told, on the page and by mail as they wish."""
    if entry.cycle_id is None or not _rehearsed(entry.cycle_id):  # a dry run tells nobody
        notices.react(entry.pk)


def look_at_changes(entry: JournalEntry) -> None:
    """A correction was drafted, or says something else: what it would move is computed by a worker."""
    publish("look_at_changes", int(entry.subject.partition(":")[2]))


def read_again(entry: JournalEntry) -> None:
    """Rules of points are on trial: a worker reads what the page did not wait for."""
    publish("replay", entry.cycle_id, entry.payload["generation"])


def regrade(entry: JournalEntry) -> None:
    """Credit was divided anew: the evidence for the idea is read again."""
    idea = Idea.objects.filter(pk=int(entry.subject.partition(":")[2])).first()
    if idea is not None:
        learning.regrade(idea)


def look_for_conflicts(entry: JournalEntry) -> None:
    """People, panels or groups changed: what nobody declared is found."""
    cycle = _cycle(entry)
    if cycle is not None:
        judging.find_conflicts(cycle=cycle)


def show_more(entry: JournalEntry) -> None:
    """A round opened, or the cycle ended: by the rules others may see more of what was published before."""
    cycle = _cycle(entry)
    if cycle is not None:
        progression.widen_after(cycle)


def work_out(entry: JournalEntry) -> None:
    """Who judges what was asked: a worker plans it at once. If the message is lost, the clock finds the plan."""
    publish("plan", int(entry.subject.removeprefix("plan:")))


def look_back(entry: JournalEntry) -> None:
    """A retrospective was asked for: a worker writes it at once. If the message is lost, the clock finds it."""
    publish("look_back", int(entry.subject.removeprefix("retrospective:")))


def certify(entry: JournalEntry) -> None:
    """An award moved: its certificate and badge are asked for, or taken back. What the clock finds first is found once."""
    credentials.follow_grant(int(entry.subject.partition(":")[2]))


def make_credential(entry: JournalEntry) -> None:
    """A certificate and badge are wanted: a worker makes them."""
    publish("issue", int(entry.subject.partition(":")[2]))


# What happened → what it starts. Beside it, every entry may earn points by the rules of its cycle.
FLOW: Final[Mapping[Kind, tuple[Reaction, ...]]] = {
    # people
    Kind.PERSON_INVITED: (tell,),
    Kind.GROUP_REGISTERED: (tell,),
    Kind.GROUP_SETTLED: (refresh, tell, look_for_conflicts, begin_with_what_was_adopted),
    Kind.GROUP_LEFT: (refresh,),
    Kind.GROUP_RANK_HIDDEN: (refresh,),
    Kind.GROUP_MERGED: (refresh, look_for_conflicts),
    Kind.PARTNERSHIP_PROPOSED: (tell,),
    Kind.PARTNERSHIP_SETTLED: (tell,),
    Kind.MEMBER_JOINED: (look_for_conflicts,),
    Kind.PERSON_CLAIMED: (look_for_conflicts,),
    Kind.JOIN_ASKED: (tell,),
    Kind.JOIN_SETTLED: (tell,),
    # submission → marks → results → standings
    Kind.SUBMISSION_RECEIVED: (refresh, tell),
    Kind.SUBMISSION_WITHDRAWN: (refresh,),
    Kind.SUBMISSION_DISQUALIFIED: (refresh,),
    Kind.ATTEMPT_JUDGED: (refresh,),
    Kind.SHEET_ASSIGNED: (tell, calibrate),
    Kind.SHEET_FINALIZED: (refresh, tell, calibrate),
    Kind.SHEET_RECUSED: (refresh, tell, calibrate),
    Kind.SHEET_REOPENED: (refresh,),
    Kind.SHEET_CORRECTED: (refresh,),
    Kind.CALIBRATION_CHANGED: (tell,),
    Kind.DELIBERATION_OPENED: (tell,),
    Kind.DELIBERATION_CLOSED: (tell,),
    Kind.PANEL_CHANGED: (look_for_conflicts, tell, calibrate),
    Kind.CONFLICT_CHANGED: (tell,),
    Kind.PLAN_ASKED: (work_out,),
    Kind.VOTE_CAST: (refresh,),
    Kind.VOTE_UNDONE: (refresh,),
    Kind.BALLOT_SETTLED: (refresh,),
    Kind.FEEDBACK_WRITTEN: (tell,),
    Kind.FEEDBACK_REPLIED: (tell,),
    # the commons: what is shared and said is heard by those whom it concerns
    Kind.IDEA_SHARED: (tell,),
    Kind.IDEA_WIDENED: (tell,),
    Kind.IDEA_REVISED: (tell,),
    Kind.IDEA_TAKEN_UP: (tell, look_for_conflicts),
    Kind.IDEA_CREDITED: (regrade,),
    Kind.IDEA_MERGE_ASKED: (tell,),
    Kind.IDEA_MERGED: (tell,),
    Kind.THREAD_OPENED: (tell,),
    Kind.POST_SAID: (tell,),
    Kind.POST_HELPED: (tell,),
    Kind.ANSWER_ACCEPTED: (tell,),
    Kind.SESSION_BOOKED: (tell, look_for_conflicts),
    Kind.SESSION_MOVED: (tell, look_for_conflicts),
    Kind.SESSION_CANCELLED: (tell,),
    Kind.SLOT_WITHDRAWN: (tell,),
    Kind.SESSION_NOTED: (tell,),
    Kind.SESSION_SETTLED: (deliver_coaching,),
    Kind.HOURS_NUDGED: (tell,),
    Kind.PEER_ASKED: (tell,),
    Kind.PEER_ANSWERED: (tell,),
    Kind.REPORT_MADE: (tell,),
    Kind.RULING_MADE: (tell,),
    Kind.RULING_APPEALED: (tell,),
    Kind.RULING_ANSWERED: (tell,),
    # the study between rounds, and what the cycle learns about its own rules
    Kind.STUDY_BEGUN: (tell,),
    Kind.SUGGESTION_MADE: (tell,),
    Kind.SUGGESTION_DECIDED: (tell,),
    Kind.SUGGESTION_APPLIED: (tell,),
    Kind.WIN_FOUND: (tell,),
    Kind.BADGE_EARNED: (tell,),
    Kind.QUEST_FINISHED: (tell,),
    Kind.GOAL_REACHED: (tell,),
    Kind.FLAG_RAISED: (tell,),
    # rules and decisions change results too
    Kind.DECISION_RECORDED: (refresh, pass_on),
    Kind.GLASS_BROKEN: (tell,),
    Kind.PROOF_BROKEN: (tell,),
    Kind.APPEAL_MADE: (tell,),
    Kind.APPEAL_ANSWERED: (tell,),
    Kind.CHANGES_DRAFTED: (look_at_changes,),
    Kind.CHANGES_SETTLED: (tell,),
    Kind.DESIGN_AMENDED: (refresh,),
    Kind.POINTS_CHANGED: (refresh_points, tell),
    Kind.POINTS_TRIED: (read_again,),
    # a settle run (asked for by whoever publishes) → snapshot → recognition → who goes on → news
    Kind.ROUND_OPENED: (show_more,),
    Kind.CYCLE_STATE_CHANGED: (show_more, look_back_at_the_end),
    # the end, and the next beginning
    Kind.RETROSPECTIVE_ASKED: (look_back,),
    Kind.CYCLE_LAUNCHED: (begin_with_what_was_adopted,),
    Kind.ROUND_LOCKED: (refresh,),
    Kind.ROUND_PUBLISHED: (tell,),
    Kind.GROUP_ADVANCED: (tell,),
    Kind.GRANT_CHANGED: (tell, follow, certify),
    Kind.CREDENTIAL_ASKED: (make_credential,),
    Kind.CREDENTIAL_REVOKED: (tell,),
    # every other kind is told, and starts nothing by itself
}
