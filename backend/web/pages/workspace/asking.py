"""Asking another team about its work while one studies it: on the idea, or on the one that stands for the entry."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import me, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.workspace.frame import team_seen
from games.errors import GameError
from games.groups.models import Group
from games.ideas.actions import name_entry
from games.ideas.actions.sharing import check_open
from games.ideas.models import Idea
from games.ideas.rules import DerivationKind
from games.learning.models import Reading
from games.permissions import visible
from games.playbooks.rules import Capability
from games.submissions.models import Submission


@signed_in
@require_POST
def ask(request: HttpRequest, cycle: str, group: str, pk: int) -> HttpResponse:
    """To the form of a question on the work, as this team."""
    found = team_seen(request, cycle, group)
    reading = seen(request, "reading.read", Reading.objects.filter(group=found), pk=pk)
    if found.pk not in access_of(request).groups_with(Capability.SUBMIT):
        raise PermissionDenied
    idea = _idea_of(request, found, reading)
    if idea is None:
        return redirect("team-study", cycle, group)
    return redirect(f"{reverse('idea-talk', args=[cycle, idea.number])}?as={found.key}&kind=question")


def _idea_of(request: HttpRequest, group: Group, reading: Reading) -> Idea | None:
    """What is asked about, if it can be read; an entry gets the idea that stands for it when the first asks."""
    access = access_of(request)
    if reading.submission_id is None:
        return visible(access, "idea.view", Idea.objects.filter(pk=reading.idea_id or 0)).first()
    rows = Submission.objects.select_related("group", "challenge__round__cycle").filter(pk=reading.submission_id)
    entry = visible(access, "submission.view", rows).first()
    if entry is None:
        return None

    there = Idea.objects.filter(submission=entry).first()
    if there is not None:
        return there
    try:
        check_open(group.cycle, group)
        return name_entry(entry, by=me(request), kind=DerivationKind.ANSWERS.value)
    except GameError as refusal:
        messages.error(request, refusal.message)
        return None
