"""What the pages of an entry share: for which group one acts, on which entry, whether the round takes anything now."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.db.models import OuterRef
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from backend.api.permissions import access_of
from backend.web.answers import KEPT, EntryForm
from backend.web.pages.cycle import crumbs_of
from games.challenges.models import Challenge
from games.challenges.queries import spec_of
from games.cycles.models import Cycle
from games.errors import GameError
from games.groups.models import Group, Membership
from games.organizations.models import Person
from games.partnerships.queries import names_beside
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.rounds.queries import check_entry_until, extension_until
from games.rounds.rules import RoundNotOpen, RoundState, group_deadline, state_of
from games.submissions import actions
from games.submissions.models import Submission, Upload
from games.submissions.queries import files_in, judged_blind
from games.submissions.rules import EDITABLE, CapReached, SubmissionState

BASE: Final = "our.base"
SAVE: Final = "our.save"
DIGITS: Final = 7  # no group has entries, and no entry versions, beyond that many digits
ID_DIGITS: Final = 18


def my_group(access: Access, challenge: Challenge) -> Group | None:
    """The group for which this person may hand in here; the one of the task's division, if the task has one."""
    mine = Group.objects.filter(pk__in=access.groups_with(Capability.SUBMIT), cycle_id=challenge.round.cycle_id)
    if challenge.division:
        mine = mine.filter(division=challenge.division)
    return mine.order_by("pk").first()


def me_in(access: Access, group: Group) -> Person | None:
    """As whom this person acts in the group."""
    rows = Membership.objects.filter(group=group, person__in=sorted(access.persons), until__isnull=True)
    found = rows.select_related("person").order_by("pk").first()
    return found.person if found else None


def door(challenge: Challenge, group: Group, access: Access) -> tuple[str, datetime | None]:
    """Why the round takes nothing from the group now, in words for people (empty if it does); and when entries of this group stop."""
    round_, own = challenge.round, extension_until(challenge.round, group)
    until = group_deadline(round_.clock, own)
    try:
        check_entry_until(round_, group, own, now=access.now)
    except RoundNotOpen:
        planned = state_of(round_.clock, access.now) is RoundState.PLANNED
        return _("This round has not opened yet.") if planned else _("This round takes no more entries."), until
    except GameError as refusal:
        return refusal.message, until
    return "", until


def own_challenge(request: HttpRequest, cycle: str, key: str, challenge: str) -> tuple[Challenge, Group]:
    """The challenge and the person's group; 404 for whoever may not hand in."""
    access = access_of(request)
    rows = Challenge.objects.filter(round__cycle__key=cycle, round__key=key, key=challenge).select_related("round__cycle__series")
    rows = rows.filter(round__cycle__in=visible(access, "cycle.view", Cycle.objects.all()))
    rows = rows.annotate(beside=names_beside(access.groups_with(), OuterRef("pk")))
    row = visible(access, "challenge.view", rows).first()
    group = my_group(access, row) if row is not None else None
    if row is None or group is None:
        raise Http404
    return row, group


def way_to(row: Challenge, last: str) -> list[dict[str, str]]:
    """The way to a page of an entry."""
    cycle, round_ = row.round.cycle, row.round
    to_round = (round_.name, reverse("round", args=[cycle.key, round_.key]))
    return crumbs_of(cycle, to_round, (row.name, reverse("challenge", args=[cycle.key, round_.key, row.key])), last)


def number_in(values: Mapping[str, Any], name: str, digits: int = DIGITS) -> int:
    """A number that was sent; 0 for anything else."""
    text = str(values.get(name) or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < digits else 0


def entry_of(request: HttpRequest, row: Challenge, group: Group) -> Submission | None:
    """The entry asked for by number, else the last one that was not taken back; None for a new one."""
    if request.GET.get("entry") == "new":
        return None
    entries = Submission.objects.filter(challenge=row, group=group).exclude(state=SubmissionState.WITHDRAWN.value)
    if number := number_in(request.GET, "entry"):
        entries = entries.filter(number=number)
    return entries.select_related("draft_by").order_by("-number").first()


def opened(request: HttpRequest, row: Challenge, group: Group, person: Person | None) -> Submission:
    """The entry asked for, begun if there is none. If another member began it at the same moment it is theirs that goes on."""
    entry = entry_of(request, row, group)
    if entry is not None:
        return entry
    try:
        return actions.open_entry(challenge=row, group=group, by=request.user, person=person)
    except CapReached:
        entry = None if request.GET.get("entry") == "new" else entry_of(request, row, group)
        if entry is None:
            raise
        return entry


def form_of(request: HttpRequest, row: Challenge, entry: Submission | None) -> EntryForm:
    """The form with what was sent, or with the draft."""
    spec = spec_of(row)
    values = {**entry.draft, "our.note": entry.draft_note} if entry else {}
    used = files_in(entry.draft, spec) if entry else frozenset()
    asked = {number_in(request.POST, name, ID_DIGITS) for name in request.POST if name.startswith(KEPT)} - {0}
    known = (
        {one.pk: one for one in Upload.objects.filter(submission=entry, pk__in=used | asked)} if entry and used | asked else {}
    )
    uploads = {one.field: one for pk, one in known.items() if pk in used}
    sent = (request.POST or None, request.FILES or None)
    return EntryForm(spec, *sent, initial=values, uploads=uploads, known=known, blind=judged_blind(row.round))


def base_of(request: HttpRequest) -> dict[str, Any]:
    """From which state of the draft the writer started, as the actions take it; a form that does not say overwrites."""
    text = request.POST.get(BASE)
    return {"check_base": text is not None, "base": _moment(text or "")}


def _moment(text: str) -> datetime | None:
    try:
        return parse_datetime(text.replace(" ", "+"))
    except ValueError:
        return None


def writable(entry: Submission | None) -> str:
    """Why this entry changes no more; empty if it may."""
    if entry is None or entry.state in {one.value for one in EDITABLE}:
        return ""
    words = {
        SubmissionState.DISQUALIFIED.value: _("This entry was disqualified: it changes no more."),
        SubmissionState.PUBLISHED.value: _("This entry is published: it changes no more."),
        SubmissionState.WITHDRAWN.value: _("This entry was taken back."),
    }
    return words.get(entry.state, "")


def saved_state(entry: Submission) -> dict[str, Any]:
    """The draft as scripts take it: what is saved, when and by whom. `base` is what the next save has to name."""
    return {
        "entry": entry.number,
        "base": entry.draft_saved_at.isoformat() if entry.draft_saved_at else "",
        "by": entry.draft_by.name if entry.draft_by else "",
        "state": entry.state,
    }


def fresh(entry: Submission) -> Submission:
    """The entry as it is stored now, with who saved its draft and its challenge."""
    return Submission.objects.select_related("draft_by", "challenge__round__cycle").get(pk=entry.pk)
