"""What an act in the journal means for whom: each function takes the entry and tells people, once however often it is called.

`worker/reactions.py` names the kinds; nothing here listens by itself.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.db import transaction

from games.cycles.models import Cycle, Decision
from games.groups.models import Group, JoinRequest, Registration
from games.groups.rules import JoinState, RegistrationState
from games.journal.models import JournalEntry
from games.journal.queries import db_now
from games.journal.rules import Kind
from games.notices.actions.calibrating import on_calibration_changed
from games.notices.actions.certifying import HANDLERS as OF_CREDENTIALS
from games.notices.actions.coaching import on_hours_nudged, on_noted, on_session, on_slot_withdrawn
from games.notices.actions.corrections import on_appeal_answered, on_appeal_made, on_changes_settled
from games.notices.actions.crediting import HANDLERS as OF_CREDIT
from games.notices.actions.deliberating import on_deliberation
from games.notices.actions.missing import on_conflict_changed, on_panel_changed, on_sheet_recused
from games.notices.actions.outbox import absolute, tell
from games.notices.actions.outcomes import (
    on_grant_changed,
    on_group_advanced,
    on_round_published,
    on_sheet_finalized,
    subject_of,
)
from games.notices.actions.partnering import on_ideas_merge, on_ideas_merged, on_partners_asked, on_partners_settled
from games.notices.actions.peers import on_peer_answered, on_peer_asked
from games.notices.actions.playing import HANDLERS as OF_GAME
from games.notices.actions.replies import on_feedback_replied
from games.notices.actions.studying import on_study_begun
from games.notices.actions.suggesting import HANDLERS as OF_SUGGESTIONS
from games.notices.actions.talking import on_answered, on_idea_news, on_report_made, on_ruling, on_said
from games.notices.actions.telling import notify, tell_all
from games.notices.actions.winning import HANDLERS as OF_WINS
from games.notices.queries import captains_of, known_at, members_of, organizers_of, with_address
from games.organizations.models import Invitation, Person
from games.organizations.queries import invitation_secret
from games.results.models import SelfCheck
from games.rounds.models import Round
from games.submissions.models import Version
from leaderboards.kept import Kept


def on_invited(entry: JournalEntry) -> int:
    """To the person invited: the link by which they take their place, by mail alone; on the page of who has an account, that it came."""
    invitation = subject_of(entry, Invitation, "person", "created_by")
    if invitation is None or invitation.accepted_at is not None or not invitation.person.email:
        return 0
    if invitation.expires_at <= db_now():  # withdrawn before the mail was written
        return 0
    link = absolute(f"/invitations/{invitation_secret(invitation)}/")
    place = {
        "cycle": Cycle.objects.filter(pk=entry.cycle_id).first() if entry.cycle_id else None,
        "group": Group.objects.filter(pk=entry.group_id).first() if entry.group_id else None,
    }
    context = {"invitation": invitation, "person": invitation.person, "link": link, **place}
    key = f"invited:{invitation.pk}"
    letter = tell("person.invited", to=invitation.person.email, person=invitation.person, key=key, context=context)
    notify(
        "person.invited", known_at(invitation.person.email), key=key, text=letter.subject, path="/me/#invitations", cycle_id=None
    )
    return 1


def on_group_settled(entry: JournalEntry) -> int:
    """To the group: accepted, waiting (also: moved up), refused with the rule cited."""
    registration = subject_of(entry, Registration, "group__cycle")
    if registration is None or registration.state == RegistrationState.PENDING.value:
        return 0
    group = registration.group
    context = {"group": group, "cycle": group.cycle, "registration": registration, "link": absolute(_group_path(group))}
    key = f"settled:{registration.pk}:{registration.state}:{entry.pk}"
    return tell_all("group.settled", members_of([group.pk]), key=key, context=context, cycle_id=group.cycle_id)


def on_group_registered(entry: JournalEntry) -> int:
    """To the organizers, when a registration waits for their word."""
    registration = subject_of(entry, Registration, "group__cycle")
    if registration is None or registration.state != RegistrationState.PENDING.value:
        return 0
    group = registration.group
    context = {"group": group, "cycle": group.cycle, "link": absolute(_group_path(group))}
    people = organizers_of(group.cycle_id)
    return tell_all("group.registered", people, key=f"registered:{registration.pk}", context=context, cycle_id=group.cycle_id)


def on_join_asked(entry: JournalEntry) -> int:
    """To the captains: somebody asks to join."""
    request = subject_of(entry, JoinRequest, "group__cycle", "person")
    if request is None or request.state != JoinState.ASKED.value:
        return 0
    group = request.group
    context = {"request": request, "group": group, "cycle": group.cycle, "link": absolute(_group_path(group))}
    return tell_all("join.asked", captains_of(group), key=f"join:{request.pk}", context=context, cycle_id=group.cycle_id)


def on_join_settled(entry: JournalEntry) -> int:
    """To whoever asked to join: yes or no."""
    request = subject_of(entry, JoinRequest, "group__cycle")
    if request is None or request.state == JoinState.ASKED.value:
        return 0
    group = request.group
    context = {"request": request, "group": group, "cycle": group.cycle, "link": absolute(_group_path(group))}
    people = with_address(Person.objects.filter(pk=request.person_id))
    return tell_all("join.settled", people, key=f"joined:{request.pk}", context=context, cycle_id=group.cycle_id)


def on_submission_received(entry: JournalEntry) -> int:
    """The receipt, to the whole group: version, digest, server time."""
    _, _, number = entry.subject.partition(":")
    rows = Version.objects.select_related("submission__challenge__round__cycle", "submission__group", "by")
    versions = rows.filter(submission_id=int(number)) if number.isdigit() else rows.none()
    wanted = entry.payload.get("version")
    version = (versions.filter(number=wanted) if isinstance(wanted, int) else versions.order_by("-number")).first()
    if version is None:
        return 0
    submission = version.submission
    cycle = submission.challenge.round.cycle
    context = {
        "version": version,
        "submission": submission,
        "cycle": cycle,
        "link": absolute(f"/entries/{submission.pk}/versions/{version.number}/"),
    }
    key = f"receipt:{submission.pk}:{version.number}"
    return tell_all("submission.received", members_of([submission.group_id]), key=key, context=context, cycle_id=cycle.pk)


def on_sheet_assigned(entry: JournalEntry) -> int:
    """To the judge: entries wait. One mail a day and round, however many sheets are handed out; a further reader is told apart."""
    judge = subject_of(entry, Person)
    count, key = entry.payload.get("count"), entry.payload.get("round")
    round_ = Round.objects.select_related("cycle").filter(cycle=entry.cycle_id or 0, key=key).first()
    if judge is None or round_ is None or not isinstance(count, int) or count < 1:
        return 0
    context = {"round": round_, "cycle": round_.cycle, "link": absolute("/desk/sheets/")}
    people = with_address(Person.objects.filter(pk=judge.pk))
    if entry.payload.get("third"):
        return tell_all("sheet.third", people, key=f"third:{entry.pk}", context=context, cycle_id=round_.cycle_id)
    day = f"sheets:{round_.pk}:{entry.at:%Y-%m-%d}"
    return tell_all("sheet.assigned", people, key=day, context=context, cycle_id=round_.cycle_id)


def on_glass_broken(entry: JournalEntry) -> int:
    """To the organizers: the owner of the instance reads what is sealed here, and why."""
    decision = subject_of(entry, Decision, "cycle")
    if decision is None:
        return 0
    link = absolute(f"/cycles/{decision.cycle.key}/decisions/")
    context = {"decision": decision, "cycle": decision.cycle, "link": link}
    people = organizers_of(decision.cycle_id)
    return tell_all("glass.broken", people, key=f"glass:{decision.pk}", context=context, cycle_id=decision.cycle_id)


def on_proof_broken(entry: JournalEntry) -> int:
    """To the organizers: the nightly self-check found versions that do not prove themselves."""
    check, cycle = subject_of(entry, SelfCheck), Cycle.objects.filter(pk=entry.cycle_id or 0).first()
    if check is None or cycle is None:
        return 0
    faults = [one for one in check.faults if one["cycle"] == cycle.pk]
    context = {"check": check, "cycle": cycle, "faults": faults, "link": absolute(f"/cycles/{cycle.key}/desk/settings/out/")}
    people = organizers_of(cycle.pk)
    return tell_all("proof.broken", people, key=f"proof:{check.pk}:{cycle.pk}", context=context, cycle_id=cycle.pk)


def _group_path(group: Group) -> str:
    return f"/cycles/{group.cycle.key}/teams/{group.key}/"


HANDLERS: Mapping[Kind, Callable[[JournalEntry], int]] = {
    Kind.PERSON_INVITED: on_invited,
    Kind.GROUP_REGISTERED: on_group_registered,
    Kind.GROUP_SETTLED: on_group_settled,
    Kind.JOIN_ASKED: on_join_asked,
    Kind.JOIN_SETTLED: on_join_settled,
    Kind.SUBMISSION_RECEIVED: on_submission_received,
    Kind.SHEET_ASSIGNED: on_sheet_assigned,
    Kind.SHEET_FINALIZED: on_sheet_finalized,
    Kind.CALIBRATION_CHANGED: on_calibration_changed,
    Kind.DELIBERATION_OPENED: on_deliberation,
    Kind.DELIBERATION_CLOSED: on_deliberation,
    Kind.ROUND_PUBLISHED: on_round_published,
    Kind.GROUP_ADVANCED: on_group_advanced,
    Kind.GRANT_CHANGED: on_grant_changed,
    Kind.FEEDBACK_WRITTEN: on_sheet_finalized,
    Kind.FEEDBACK_REPLIED: on_feedback_replied,
    Kind.GLASS_BROKEN: on_glass_broken,
    Kind.PROOF_BROKEN: on_proof_broken,
    Kind.SHEET_RECUSED: on_sheet_recused,
    Kind.PANEL_CHANGED: on_panel_changed,
    Kind.CONFLICT_CHANGED: on_conflict_changed,
    Kind.APPEAL_MADE: on_appeal_made,
    Kind.APPEAL_ANSWERED: on_appeal_answered,
    Kind.CHANGES_SETTLED: on_changes_settled,
    Kind.THREAD_OPENED: on_said,
    Kind.POST_SAID: on_said,
    Kind.POST_HELPED: on_answered,
    Kind.ANSWER_ACCEPTED: on_answered,
    Kind.PARTNERSHIP_PROPOSED: on_partners_asked,
    Kind.PARTNERSHIP_SETTLED: on_partners_settled,
    Kind.IDEA_MERGE_ASKED: on_ideas_merge,
    Kind.IDEA_MERGED: on_ideas_merged,
    Kind.IDEA_SHARED: on_idea_news,
    Kind.IDEA_WIDENED: on_idea_news,
    Kind.IDEA_REVISED: on_idea_news,
    Kind.IDEA_TAKEN_UP: on_idea_news,
    Kind.SESSION_BOOKED: on_session,
    Kind.SESSION_MOVED: on_session,
    Kind.SESSION_CANCELLED: on_session,
    Kind.SLOT_WITHDRAWN: on_slot_withdrawn,
    Kind.SESSION_NOTED: on_noted,
    Kind.HOURS_NUDGED: on_hours_nudged,
    Kind.PEER_ASKED: on_peer_asked,
    Kind.PEER_ANSWERED: on_peer_answered,
    Kind.REPORT_MADE: on_report_made,
    Kind.RULING_MADE: on_ruling,
    Kind.RULING_APPEALED: on_ruling,
    Kind.RULING_ANSWERED: on_ruling,
    Kind.STUDY_BEGUN: on_study_begun,
    **OF_SUGGESTIONS,
    **OF_CREDENTIALS,
    **OF_CREDIT,
    **OF_GAME,
    **OF_WINS,
}


_entry: Final[Kept[JournalEntry, JournalEntry]] = Kept(lambda pk: JournalEntry.objects.filter(pk=pk), int)


@transaction.atomic
def react(entry_id: int) -> int:
    """Tell whom an entry of the journal concerns. Returns how many; 0 for kinds nobody is told of."""
    entry: Any = next(iter(_entry(entry_id)), None)
    handler = HANDLERS.get(Kind(entry.kind)) if entry is not None and entry.kind in set(Kind) else None
    return handler(entry) if handler else 0
