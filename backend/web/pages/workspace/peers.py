"""Peers in a team's workspace: who could help and why, what was asked of whom; and the network of peers of a cycle."""

from typing import Any, Final

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from backend.accounts.pages.gate import attempt, refuse, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web.geometry.network import network
from backend.web.pages.cycle import crumbs_of, cycle_seen
from backend.web.pages.workspace.frame import framed, team_seen
from games.cycles.queries import design_of
from games.errors import GameError
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.models import Idea
from games.learning.models import Observation
from games.peers import actions
from games.peers.models import PeerAsk
from games.peers.queries import Edge, Peers, Readable, asks_for_peers, asks_of, edges_in, peers_for
from games.peers.rules import WORDS, Match, PeerState
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.results.models import ChallengeScore
from games.talk.models import Thread
from leaderboards.models import Snapshot

SHOWN: Final = 60
DRAWN: Final = 60
"""So many edges at most are drawn; the table has all."""


class AskForm(forms.Form):
    """What the team wants to learn."""

    words = forms.CharField(
        label=gettext_lazy("What do you want to learn from them?"), max_length=WORDS, widget=forms.Textarea(attrs={"rows": 3})
    )


def found_for(access: Access, group: Group, asks: list[PeerAsk]) -> Peers:
    """The peers of a group, only from what the person may read."""
    readable = Readable(
        visible(access, "snapshot.view", Snapshot.objects.all()),
        visible(access, "score.view", ChallengeScore.objects.all()),
        visible(access, "observation.view", Observation.objects.all()),
    )
    return peers_for(group, readable, asks)


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def peers_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Who could help, who asks, what was asked; posted: an ask (`group`, `words`)."""
    found = team_seen(request, cycle, group)
    access = access_of(request)
    context = framed(request, found, "team-peers", _("Peers")) | {"asks_here": asks_for_peers(design_of(found.cycle))}
    if not context["asks_here"]:
        return render(request, "workspace/peers.html", context)
    writes = found.state == GroupState.ACTIVE.value and found.pk in access.groups_with(Capability.SUBMIT)
    rows = list(visible(access, "peer_ask.view", asks_of(found)))
    peers = found_for(access, found, rows)
    offered = [(one, peers.groups[one.group]) for one in peers.matches]
    wanted = next((group for _one, group in offered if group.key == request.POST.get("group")), None)
    form = AskForm(request.POST or None)
    if request.method == "POST":
        if not writes or wanted is None:
            raise Http404
        if _asked(request, form, found, wanted, peers.matches):
            return redirect("team-peers", found.cycle.key, found.key)
    context |= {
        "peers": [_peer(one, group, wanted, form) for one, group in offered],
        "writes": writes,
        "aside": peers.aside,
        "asking": [one for one in rows if one.asked_id == found.pk and one.state == PeerState.ASKED.value],
        "accepted": [_other(one, found) for one in rows if one.state == PeerState.ACCEPTED.value],
        "ours": [one for one in rows if one.asker_id == found.pk and one.state != PeerState.ACCEPTED.value][:SHOWN],
    }
    return render(request, "workspace/peers.html", context, status=422 if wanted is not None and form.errors else 200)


def _peer(match: Match, group: Group, wanted: Group | None, form: AskForm) -> dict[str, Any]:
    """A peer with its form: the one that was posted keeps what was typed."""
    own = form if wanted is not None and wanted.pk == group.pk else AskForm(auto_id=f"id_{group.pk}_%s")
    return {"group": group, "reason": match.reason, "form": own}


def _other(ask: PeerAsk, group: Group) -> dict[str, Any]:
    return {"ask": ask, "other": ask.asked if ask.asker_id == group.pk else ask.asker}


def _asked(request: HttpRequest, form: AskForm, group: Group, other: Group, peers: list[Match]) -> bool:
    if not form.is_valid():
        return False
    try:
        actions.ask(group, other=other, words=form.cleaned_data["words"], found=peers, by=request.user)
    except GameError as refusal:
        refuse(form, refusal)
        return False
    messages.success(request, _("Asked. They hear of it now."))
    return True


def _own(request: HttpRequest, cycle: str, group: str, number: int, name: str) -> PeerAsk:
    found = team_seen(request, cycle, group)
    ask = seen(request, "peer_ask.view", PeerAsk.objects.filter(cycle=found.cycle).select_related("cycle"), number=number)
    require(request, name, ask)
    return ask


@signed_in
@require_POST
def answer(request: HttpRequest, cycle: str, group: str, number: int) -> HttpResponse:
    """Accept or decline, with words."""
    ask = _own(request, cycle, group, number, "peer_ask.answer")
    accept, words = request.POST.get("do") == "accept", request.POST.get("words", "")
    done = _("You are peers now. Write to each other, visit each other.") if accept else _("Declined. They are told.")
    attempt(request, lambda: actions.answer(ask, accept=accept, words=words, by=request.user), done)
    return redirect("team-peers", cycle, group)


@signed_in
@require_POST
def withdraw(request: HttpRequest, cycle: str, group: str, number: int) -> HttpResponse:
    """Take an ask back."""
    ask = _own(request, cycle, group, number, "peer_ask.withdraw")
    attempt(request, lambda: actions.withdraw(ask, by=request.user), _("Taken back."))
    return redirect("team-peers", cycle, group)


@signed_in
@require_POST
def aside(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """Stand aside, or come back."""
    found = team_seen(request, cycle, group)
    require(request, "group.submit", found)
    wanted = request.POST.get("aside") == "yes"
    words = _("Nobody finds or asks you.") if wanted else _("Others can find you again.")
    attempt(request, lambda: actions.choose(found, aside=wanted, by=request.user), words)
    return redirect("team-peers", cycle, group)


@never_cache
@signed_in
@require_safe
def map_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The network of peers, with what flowed along each edge, as far as this person may see it."""
    found = cycle_seen(request, cycle)
    access = access_of(request)
    seen(request, "cycle.barriers", type(found).objects.all(), pk=found.pk)
    edges = edges_in(
        visible(access, "peer_ask.known", PeerAsk.objects.filter(cycle=found)),
        visible(access, "idea.view", Idea.objects.filter(cycle=found)),
        visible(access, "thread.view", Thread.objects.filter(cycle=found)),
    )
    context = {
        "cycle": found,
        "crumbs": crumbs_of(found, _("Peers")),
        "edges": edges,
        "drawn": _drawn(edges[:DRAWN]),
        "left_out": max(len(edges) - DRAWN, 0),
        "table": _table(edges),
    }
    return render(request, "cycles/peers.html", context)


def _drawn(edges: list[Edge]) -> dict[str, Any]:
    """The dots with their names, and the curves with their words."""
    names = {group.pk: group.name for one in edges for group in (one.asker, one.asked)}
    order = {pk: number for number, pk in enumerate(names)}
    pairs = [(order[one.asker.pk], order[one.asked.pk], one.threads + one.derivations) for one in edges]
    laid, told = network(len(names), pairs), list(names.values())
    return {
        "laid": laid,
        "nodes": [{"node": one, "name": told[one.number]} for one in laid.nodes],
        "curves": [{"curve": one, "words": f"{told[one.one]} – {told[one.other]}: {one.size}"} for one in laid.curves],
    }


def _table(edges: list[Edge]) -> dict[str, Any]:
    labels = (
        (_("Asked"), False),
        (_("Was asked"), False),
        (_("Task"), False),
        (_("Threads together"), True),
        (_("Built on each other"), True),
    )
    return {
        "columns": [{"label": label, "number": number} for label, number in labels],
        "rows": [{"cells": [one.asker.name, one.asked.name, one.task, one.threads, one.derivations], "url": ""} for one in edges],
    }
