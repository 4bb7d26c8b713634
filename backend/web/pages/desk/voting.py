"""Votes and peers on the organizer's desk: opened and closed, ballots that somebody should look at, teams behind with their judging."""

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, id_in, me, signed_in
from backend.api.permissions import access_of
from backend.web.geometry.qr import qr_code
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.ways import ways
from backend.web.vote_shapes import vote_url
from games.challenges.models import Challenge
from games.challenges.queries import challenges_in
from games.cycles.models import Cycle
from games.errors import GameError
from games.judging.actions import ballots as voting
from games.judging.actions.peers import seat_peers
from games.judging.models import Ballot
from games.judging.queries.ballots import Tally, Vote, flagged_ballots, tallies, to_look_at, turnout, votes_among, votes_on
from games.judging.queries.peers import Peers, peers_among
from games.judging.rules.voting import VotingState

SHOWN: Final = 50
BADGES: Final = {
    VotingState.NOT_YET: ("planned", gettext_lazy("not open yet")),
    VotingState.OPEN: ("open", gettext_lazy("open")),
    VotingState.OVER: ("closed", gettext_lazy("over")),
}
NONE: Final = {"voters": 0, "ballots": 0, "flagged": 0, "refused": 0}


@never_cache
@signed_in
@require_safe
def votes_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Every vote of an audience and every panel of peers: how they stand, and what is to do."""
    found = organized(request, cycle)
    tasks = list(challenges_in(found))
    votes, counted = votes_among(tasks, access_of(request).now), turnout(found)
    looked = any(one["flagged"] or one["refused"] or one["kept"] for one in counted.values())
    flagged = list(flagged_ballots(found, each=SHOWN)) if looked else []
    told = tallies(votes)
    polls = []
    for one in votes:
        place = (one.challenge.pk, one.panel.key)
        mine = [ballot for ballot in flagged if (ballot.challenge_id, ballot.panel) == place]
        polls.append(_poll(request, one, counted.get(place, NONE), mine, told.get(place, [])))
    peers = [_peers(found, one) for one in peers_among(tasks)]
    context = {"ways": ways(found, "votes"), "polls": polls, "peers": peers}
    return desk_page(request, "desk/votes.html", found, "judging", context, title=_("Votes and peers"))


def _poll(
    request: HttpRequest, vote: Vote, counted: dict[str, int], flagged: Sequence[Any], told: Sequence[Tally]
) -> dict[str, Any]:
    """One vote. While it is open nobody reads for whom a ballot is: not those either who look at it."""
    state, label = BADGES[vote.state]
    waiting = [one for one in flagged if one.waits]
    address = request.build_absolute_uri(vote_url(vote))
    return {
        "vote": vote,
        "id": f"{vote.challenge.pk}-{vote.panel.key}",
        "badge": {"state": state, "label": label},
        "state": vote.state.value,
        "over": vote.state is VotingState.OVER,
        "counted": counted,
        "url": vote_url(vote),
        "hall": vote_url(vote, "vote-hall"),
        "address": address,
        "code": qr_code(address) if vote.state is not VotingState.OVER else None,
        "published": vote.challenge.round.published_at is not None,
        "waiting": waiting,
        "more": max(0, counted["flagged"] - len(waiting)),
        "reasons": list({one.flag: one.alike for one in waiting}.items()),
        "settled": [one for one in flagged if not one.waits],
        "results": told,
        "said": vote.decisions,
    }


def _peers(cycle: Cycle, peers: Peers) -> dict[str, Any]:
    task = peers.challenge
    return {
        "task": task,
        "panel": peers.panel.key,
        "title": peers.panel.title,
        "id": f"{task.pk}-{peers.panel.key}",
        "shares": peers.shares,
        "behind": sum(1 for one in peers.shares if one.left),
        "given": any(one.given for one in peers.shares),
        "mutual": peers.mutual,
        "page": reverse("desk-panel", args=[cycle.key, task.pk, peers.panel.key]),
    }


def _task(cycle: Cycle, pk: int) -> Challenge:
    task = Challenge.objects.filter(round__cycle=cycle, pk=pk).select_related("round__cycle").first()
    if task is None:
        raise Http404
    return task


def _vote(request: HttpRequest, cycle: Cycle, pk: int, panel: str) -> Vote:
    vote = next((one for one in votes_on(_task(cycle, pk), access_of(request).now) if one.panel.key == panel), None)
    if vote is None:
        raise Http404
    return vote


def _back(cycle: Cycle, pk: int, panel: str) -> HttpResponse:
    return redirect(f"{reverse('desk-votes', args=[cycle.key])}#poll-{pk}-{panel}")


@signed_in
@require_POST
def steer_vote(request: HttpRequest, cycle: str, pk: int, panel: str) -> HttpResponse:
    """Open a vote, or end it, with a reason that everybody reads."""
    found = organized(request, cycle)
    vote = _vote(request, found, pk, panel)
    verbs = {"open": (voting.open_voting, _("The audience votes.")), "close": (voting.close_voting, _("Voting is over."))}
    if request.POST.get("do") not in verbs:
        raise Http404
    verb, done = verbs[request.POST["do"]]
    reason = request.POST.get("reason", "").strip()[:5000]
    attempt(request, lambda: verb(challenge=vote.challenge, panel=panel, by=me(request), reason=reason), done)
    return _back(found, pk, panel)


@signed_in
@require_POST
def settle_ballots(request: HttpRequest, cycle: str, pk: int, panel: str) -> HttpResponse:
    """Let flagged ballots count, or not, with a reason: those chosen, or all that were flagged for the same cause."""
    found = organized(request, cycle)
    vote = _vote(request, found, pk, panel)
    rows = Ballot.objects.filter(challenge=vote.challenge, panel=panel, withdrawn_at__isnull=True).exclude(flag="")
    match request.POST.get("do"):
        case "keep_all":
            chosen = list(rows.filter(to_look_at(), flag=request.POST.get("flag", "")))
        case "keep" | "refuse":
            chosen = list(rows.filter(pk__in=[number for one in request.POST.getlist("ballot") if (number := id_in(one))]))
        case _:
            raise Http404
    if not chosen:
        messages.error(request, _("No ballot is chosen."))
        return _back(found, pk, panel)
    reason, refuses = request.POST.get("reason", "").strip(), request.POST["do"] == "refuse"
    done = ngettext("%(count)d ballot does not count.", "%(count)d ballots do not count.", len(chosen)) if refuses else ""
    done = done or ngettext("%(count)d ballot counts.", "%(count)d ballots count.", len(chosen))
    attempt(request, lambda: _settle(chosen, refuses=refuses, by=me(request), reason=reason), done % {"count": len(chosen)})
    return _back(found, pk, panel)


@transaction.atomic
def _settle(chosen: Iterable[Ballot], *, refuses: bool, by: Any, reason: str) -> None:
    for one in chosen:
        if refuses:
            voting.refuse_ballot(ballot=one, by=by, reason=reason)
        else:
            voting.keep_ballot(ballot=one, by=by, reason=reason)


@signed_in
@require_POST
def seat_teams(request: HttpRequest, cycle: str, pk: int, panel: str) -> HttpResponse:
    """Put members of every team that entered on a panel of peers."""
    found = organized(request, cycle)
    task = _task(found, pk)
    everybody = request.POST.get("do") == "everybody"
    try:
        made = seat_peers(challenge=task, panel=panel, by=me(request), everybody=everybody)
    except GameError as refusal:
        messages.error(request, refusal.message)
    else:
        said = ngettext("%(count)d person more sits on the panel.", "%(count)d people more sit on the panel.", len(made))
        messages.success(request, said % {"count": len(made)})
    return redirect(f"{reverse('desk-votes', args=[found.key])}#peers-{pk}-{panel}")
