"""The audience votes: the entries in an order of one's own, a vote with one tap, a link by mail for who has no account, a code for the hall."""

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.accounts import actions as door
from backend.accounts.forms import EmailForm
from backend.accounts.pages.gate import refuse
from backend.api.permissions import access_of
from backend.web.geometry.qr import qr_code
from backend.web.pages.cycle import crumbs_of, cycle_seen
from backend.web.pages.rounds import round_seen
from backend.web.vote_shapes import vote_url
from games.challenges.models import Challenge
from games.errors import GameError, Invalid
from games.groups.models import Group
from games.journal.network import network_of
from games.judging.actions import ballots as voting
from games.judging.queries.ballots import Vote, ballots_of, votes_on
from games.judging.queries.choices import Choice, choices_for, group_chosen, votes_left
from games.judging.rules.voting import VotingState
from games.organizations.queries import people_of_user
from games.permissions import visible


def vote_seen(request: HttpRequest, cycle: str, key: str, challenge: str) -> Vote:
    """The audience's vote on a task that this person may see (`?panel=` where there are several); 404 if there is none."""
    found = cycle_seen(request, cycle)
    round_ = round_seen(request, found, key)
    access = access_of(request)
    row = visible(access, "challenge.view", Challenge.objects.filter(round=round_, key=challenge)).first()
    if row is None:
        raise Http404
    row.round = round_
    panel = request.POST.get("panel", "") or request.GET.get("panel", "")
    vote = next((one for one in votes_on(row, access.now) if panel in {"", one.panel.key}), None)
    if vote is None:
        raise Http404
    return vote


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def vote_page(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """The entries and one's votes. A vote answers with what is left, as JSON where the page asks for it."""
    vote = vote_seen(request, cycle, key, challenge)
    if request.method == "POST":
        return _voted(request, vote)
    return _page(request, vote, EmailForm())


def _page(request: HttpRequest, vote: Vote, form: forms.Form, *, status: int = 200) -> HttpResponse:
    access, round_ = access_of(request), vote.challenge.round
    voter = str(access.user_id or f"visitor:{network_of(request)}")
    choices = choices_for(vote, voter=voter, persons=access.persons)
    left = votes_left(vote, choices)
    confirmed = getattr(request.user, "email_confirmed_at", None) is not None
    context = {
        "cycle": round_.cycle,
        "round": round_,
        "challenge": vote.challenge,
        "vote": vote,
        "state": vote.state.value,
        "crumbs": crumbs_of(
            round_.cycle,
            (vote.challenge.name, reverse("challenge", args=[round_.cycle.key, round_.key, vote.challenge.key])),
            _("Vote"),
        ),
        "choices": choices,
        "given": [one for one in choices if one.mine],
        "stones": [number < left for number in range(vote.panel.ballots)],
        "left": left,
        "says": left_words(vote.panel.ballots, left),
        "may": vote.state is VotingState.OPEN and confirmed,
        "confirmed": confirmed,
        "single": vote.panel.ballots == 1,
        "form": form,
        "here": vote_url(vote),
        "ask": vote_url(vote, "vote-link"),
        "hall": vote_url(vote, "vote-hall"),
        "now": access.now,
    }
    return render(request, "cycles/vote.html", context, status=status)


def left_words(ballots: int, left: int) -> str:
    """How many votes one has left."""
    if left == ballots:
        return ngettext("You have %(count)d vote", "You have %(count)d votes", ballots) % {"count": ballots}
    if not left:
        return ngettext("Your vote is given", "Your %(count)d votes are given", ballots) % {"count": ballots}
    return _("%(left)d of %(count)d votes left") % {"left": left, "count": ballots}


def _voted(request: HttpRequest, vote: Vote) -> HttpResponse:
    """Give or take back one vote. Who has one vote only moves it by choosing another entry."""
    quick = request.headers.get("Accept", "").startswith("application/json")
    here = vote_url(vote)
    if not request.user.is_authenticated:
        if quick:
            return JsonResponse({"sign_in": here}, status=403)
        return redirect(f"{reverse('sign-in')}?{urlencode({'next': here})}")
    key, problem = request.POST.get("choice", ""), ""
    try:
        _change(request, vote, key)
    except GameError as refusal:
        problem = str(refusal)
    if not quick:
        if problem:
            messages.error(request, problem)
        return redirect(f"{here}#c-{key}" if key.isalnum() else here)
    choices = _mine(request, vote)
    left = votes_left(vote, choices)
    body = {
        "given": [one.key for one in choices if one.mine],
        "left": left,
        "says": left_words(vote.panel.ballots, left),
        "problem": problem,
    }
    return JsonResponse(body, status=409 if problem else 200)


def _change(request: HttpRequest, vote: Vote, key: str) -> None:
    group = group_chosen(vote, key)
    if group is None:
        raise Invalid(_("This entry is no longer here."), where="choice")
    if request.POST.get("do") == "take":
        voting.take_back(challenge=vote.challenge, panel=vote.panel.key, group=group, by=request.user)
    else:
        instead = _only(request, vote)
        voting.cast(
            challenge=vote.challenge,
            panel=vote.panel.key,
            group=group,
            by=request.user,
            network=network_of(request),
            instead_of=instead,
        )


def _only(request: HttpRequest, vote: Vote) -> Group | None:
    """Where the one vote of this voter stands, if they have only one."""
    if vote.panel.ballots != 1:
        return None
    held = ballots_of(vote.challenge, vote.panel.key, list(people_of_user(request.user).values_list("pk", flat=True)))
    return next((one.group for one in held.values() if one.refused_at is None), None)


def _mine(request: HttpRequest, vote: Vote) -> list[Choice]:
    mine = list(people_of_user(request.user).values_list("pk", flat=True))
    return choices_for(vote, voter="", persons=mine)


@require_POST
def vote_link(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """Mail a link that leads back here, signed in: the address is confirmed by using it."""
    vote = vote_seen(request, cycle, key, challenge)
    form = EmailForm(request.POST)
    if vote.state is VotingState.OPEN and form.is_valid():
        try:
            door.send_voter_link(email=form.cleaned_data["email"], network=network_of(request), next_path=vote_url(vote))
        except GameError as refusal:
            refuse(form, refusal)
        else:
            return redirect("check-mail")
    return _page(request, vote, form, status=422)


@require_safe
def vote_hall(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """For a screen in the hall: the code that leads to the vote, and the time that is left. Never who leads."""
    vote = vote_seen(request, cycle, key, challenge)
    address = request.build_absolute_uri(vote_url(vote))
    context = {
        "cycle": vote.challenge.round.cycle,
        "round": vote.challenge.round,
        "challenge": vote.challenge,
        "vote": vote,
        "state": vote.state.value,
        "address": address,
        "shown_address": address.partition("://")[2].rstrip("/"),
        "code": qr_code(address),
        "light": request.GET.get("light") == "1",
        "back": vote_url(vote),
        "now": access_of(request).now,
    }
    return render(request, "cycles/vote_hall.html", context)
