"""How an entry is hashed into the chain, and which kinds there are. Pure."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from uuid import UUID

import rfc8785


class Kind(StrEnum):
    """Every kind of act. Past tense, noun first; the flow in `worker/reactions.py` is told in these words."""

    CYCLE_DRAFTED = "cycle.drafted"
    CYCLE_DISCARDED = "cycle.discarded"
    CYCLE_LAUNCHED = "cycle.launched"
    CYCLE_STATE_CHANGED = "cycle.state_changed"
    CYCLE_IMPORTED = "cycle.imported"
    CYCLE_CHANGED = "cycle.changed"
    CYCLE_PURGED = "cycle.purged"
    DESIGN_AMENDED = "design.amended"
    DECISION_RECORDED = "decision.recorded"
    GROUP_REGISTERED = "group.registered"
    GROUP_SETTLED = "group.settled"
    GROUP_LEFT = "group.left"
    GROUP_RANK_HIDDEN = "group.rank_hidden"
    GROUP_MERGED = "group.merged"
    PARTNERSHIP_PROPOSED = "partnership.proposed"
    PARTNERSHIP_ANSWERED = "partnership.answered"
    PARTNERSHIP_SETTLED = "partnership.settled"
    MEMBER_JOINED = "member.joined"
    MEMBER_LEFT = "member.left"
    MEMBER_ROLE_CHANGED = "member.role_changed"
    JOIN_ASKED = "join.asked"
    JOIN_SETTLED = "join.settled"
    ROUND_OPENED = "round.opened"
    ROUND_LOCKED = "round.locked"
    ROUND_CLOSED = "round.closed"
    ROUND_PUBLISHED = "round.published"
    ROUND_WIDENED = "round.widened"
    ROUND_EXTENDED = "round.extended"
    SUBMISSION_RECEIVED = "submission.received"
    SUBMISSION_WITHDRAWN = "submission.withdrawn"
    SUBMISSION_DISQUALIFIED = "submission.disqualified"
    ATTEMPT_JUDGED = "attempt.judged"
    IDEA_SHARED = "idea.shared"
    IDEA_REVISED = "idea.revised"
    IDEA_TAKEN_UP = "idea.taken_up"
    IDEA_WIDENED = "idea.widened"
    IDEA_HIDDEN = "idea.hidden"
    IDEA_CREDITED = "idea.credited"
    IDEA_MERGE_ASKED = "idea.merge_asked"
    IDEA_MERGED = "idea.merged"
    IDEA_SPLIT = "idea.split"
    THREAD_OPENED = "thread.opened"
    POST_SAID = "post.said"
    POST_HELPED = "post.helped"
    HELP_WITHDRAWN = "help.withdrawn"
    BARRIER_SOLVED = "barrier.solved"
    BARRIER_REOPENED = "barrier.reopened"
    ANSWER_ACCEPTED = "answer.accepted"
    THANKS_GIVEN = "thanks.given"
    FOLLOW_CHANGED = "follow.changed"
    REPORT_MADE = "report.made"
    RULING_MADE = "ruling.made"
    RULING_APPEALED = "ruling.appealed"
    RULING_ANSWERED = "ruling.answered"
    STORY_TOLD = "story.told"
    SHEET_ASSIGNED = "sheet.assigned"
    SHEET_FINALIZED = "sheet.finalized"
    SHEET_RECUSED = "sheet.recused"
    SHEET_REOPENED = "sheet.reopened"
    SHEET_CORRECTED = "sheet.corrected"
    SHEET_FLAGGED = "sheet.flagged"
    SHEET_FLAG_ANSWERED = "sheet.flag_answered"
    VOTE_CAST = "vote.cast"
    VOTE_UNDONE = "vote.undone"
    BALLOT_CAST = "ballot.cast"
    BALLOT_WITHDRAWN = "ballot.withdrawn"
    BALLOT_SETTLED = "ballot.settled"
    CONFLICT_CHANGED = "conflict.changed"
    PANEL_CHANGED = "panel.changed"
    PLAN_ASKED = "plan.asked"
    PLAN_APPLIED = "plan.applied"
    CALIBRATION_CHANGED = "calibration.changed"
    REVIEW_ANSWERED = "review.answered"
    DELIBERATION_OPENED = "deliberation.opened"
    DELIBERATION_CLOSED = "deliberation.closed"
    FEEDBACK_WRITTEN = "feedback.written"
    FEEDBACK_REPLIED = "feedback.replied"
    HALL_CHANGED = "hall.changed"
    OBSERVATION_RECORDED = "observation.recorded"
    OBSERVATION_CORRECTED = "observation.corrected"
    STUDY_BEGUN = "study.begun"
    STUDY_TAKEN = "study.taken"
    STUDY_DROPPED = "study.dropped"
    TEST_PLANNED = "test.planned"
    TEST_CHANGED = "test.changed"
    TEST_ACTED = "test.acted"
    SUGGESTION_MADE = "suggestion.made"
    SUGGESTION_SUPPORTED = "suggestion.supported"
    SUGGESTION_WITHDRAWN = "suggestion.withdrawn"
    SUGGESTION_DECIDED = "suggestion.decided"
    SUGGESTION_APPLIED = "suggestion.applied"
    SLOTS_OFFERED = "slots.offered"
    SLOT_WITHDRAWN = "slot.withdrawn"
    SESSION_BOOKED = "session.booked"
    SESSION_CANCELLED = "session.cancelled"
    SESSION_MOVED = "session.moved"
    SESSION_SETTLED = "session.settled"
    SESSION_NOTED = "session.noted"
    HOURS_NUDGED = "hours.nudged"
    PEER_ASKED = "peer.asked"
    PEER_ANSWERED = "peer.answered"
    PEER_WITHDRAWN = "peer.withdrawn"
    PEER_CHOSE = "peer.chose"
    APPEAL_MADE = "appeal.made"
    APPEAL_ANSWERED = "appeal.answered"
    CHANGES_DRAFTED = "changes.drafted"
    CHANGES_SETTLED = "changes.settled"
    STANDINGS_CHANGED = "standings.changed"
    SNAPSHOT_PUBLISHED = "snapshot.published"
    POINTS_CHANGED = "points.changed"
    GRANT_CHANGED = "grant.changed"
    GROUP_ADVANCED = "group.advanced"
    PERSON_INVITED = "person.invited"
    PERSON_CLAIMED = "person.claimed"
    ACCOUNT_CHANGED = "account.changed"
    GLASS_BROKEN = "glass.broken"
    ANNOUNCEMENT_MADE = "announcement.made"
    ANNOUNCEMENT_WITHDRAWN = "announcement.withdrawn"
    PEOPLE_REMINDED = "people.reminded"
    # rules of points on trial
    POINTS_TRIED = "points.tried"
    RETROSPECTIVE_ASKED = "retrospective.asked"
    RETROSPECTIVE_MADE = "retrospective.made"
    RETROSPECTIVE_PUBLISHED = "retrospective.published"
    PROPOSAL_DECIDED = "proposal.decided"
    IDEA_ADOPTED_ON = "idea.adopted_on"
    NEXT_CYCLE_BEGUN = "next_cycle.begun"
    THINGS_CARRIED = "things.carried"
    POINTS_CARRIED = "points.carried"
    WIN_FOUND = "win.found"
    CHEER_GIVEN = "cheer.given"
    FLAG_RAISED = "flag.raised"
    FLAG_SETTLED = "flag.settled"
    BADGE_EARNED = "badge.earned"
    QUEST_FINISHED = "quest.finished"
    GOAL_REACHED = "goal.reached"
    CREDENTIAL_ASKED = "credential.asked"
    CREDENTIAL_ISSUED = "credential.issued"
    CREDENTIAL_REVOKED = "credential.revoked"
    SIGNING_KEY_WITHDRAWN = "signing_key.withdrawn"
    PROOF_BROKEN = "proof.broken"


# What a visitor may read in the event feed of a cycle: nothing that tells of sealed work.
PUBLIC_KINDS = frozenset(
    {
        Kind.CYCLE_LAUNCHED,
        Kind.CYCLE_STATE_CHANGED,
        Kind.CYCLE_IMPORTED,
        Kind.CYCLE_PURGED,
        Kind.DESIGN_AMENDED,
        Kind.GROUP_SETTLED,
        Kind.GROUP_MERGED,
        Kind.ROUND_OPENED,
        Kind.ROUND_LOCKED,
        Kind.ROUND_CLOSED,
        Kind.ROUND_PUBLISHED,
        Kind.ROUND_WIDENED,
        Kind.SNAPSHOT_PUBLISHED,
        Kind.GROUP_ADVANCED,
    }
)


def chained_hash(  # noqa: PLR0913 every hashed part is named, so none is forgotten
    *,
    seal: int,
    kind: str,
    cycle_id: int | None,
    actor: UUID | None,
    group_id: int | None,
    subject: str,
    payload: Mapping[str, object],
    at: datetime,
    previous: str,
) -> str:
    """SHA-256 over 0x00 and the RFC 8785 canonical JSON of the entry and the hash before it (science.md 8).

    Ids go in as strings: canonical JSON refuses integers beyond 2^53.
    """
    body = {
        "seal": str(seal),
        "kind": kind,
        "cycle": None if cycle_id is None else str(cycle_id),
        "actor": None if actor is None else str(actor),
        "group": None if group_id is None else str(group_id),
        "subject": subject,
        "payload": dict(payload),
        "at": at.isoformat(),
        "previous": previous,
    }
    return hashlib.sha256(b"\x00" + rfc8785.dumps(body)).hexdigest()  # type: ignore[arg-type]
