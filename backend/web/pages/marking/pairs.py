"""A or B: two entries beside each other, or a few to put in order; what was said is saved before the next is shown.

Looking writes nothing: the pair that waits is shown. Every answer is a POST that saves, draws what comes next, and answers with it (the
stage alone, for the script that asked), or leads back to the page.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from html import unescape
from typing import Any, Final

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import strip_tags
from django.utils.http import urlencode
from django.utils.text import Truncator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import id_in, seen, signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.answers import answered
from games.challenges.queries import brief_of, spec_of
from games.errors import GameError
from games.judging import actions
from games.judging.models import Panelist, RankedList, Vote
from games.judging.queries.pairs import (
    Past,
    ShownEntry,
    is_left,
    past_of,
    seat_at,
    seat_of_seat,
    shown_with,
    sitting_at,
    waiting_for,
)
from games.judging.rules import Outcome, check_seat, check_sitting
from games.judging.rules.pairs import LONGEST_LIST, SHORTEST_LIST, USUAL_LIST, order_of
from games.permissions import visible
from games.rounds.rules import group_deadline
from games.submissions.queries import Eyes, eyes, label_of
from games.submissions.rules import blind_name

PAIRS, LISTS = "pairs", "lists"
STAGE: Final = "X-Stage"  # sent by the script: answer with the stage alone
EXCERPT: Final = 180
LETTERS: Final = "ABCDEF"


@never_cache
@signed_in
@require_safe
def pairs_page(request: HttpRequest, pk: int) -> HttpResponse:
    """What waits to be compared on one panel, how far one is, why nothing can be compared now."""
    seat = _seat(request, pk)
    way = request.GET.get("way", "")
    return render(request, "judging/pairs.html", _page(request, seat, way) | _stage(request, seat, way))


@signed_in
@require_POST
def pairs_next(request: HttpRequest, pk: int) -> HttpResponse:
    """Draw the next pair, or list."""
    return _act(request, pk, lambda _seat: None)


@signed_in
@require_POST
def pairs_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Which of the two is better; then the next pair."""

    def say(seat: Panelist) -> str:
        rows = visible(access_of(request), "vote.cast", Vote.objects.filter(challenge=seat.challenge_id))
        pair = rows.filter(pk=id_in(request.POST.get("pair", ""))).first()
        if pair is None:
            raise Http404
        outcome = request.POST.get("outcome", "")
        actions.answer(pair=pair, outcome="" if outcome == "skip" else outcome, by=request.user)
        return _said(outcome)

    return _act(request, pk, say)


def _said(outcome: str) -> str:
    """What was saved, in words."""
    words = {
        Outcome.A.value: _("Saved: A is better."),
        Outcome.B.value: _("Saved: B is better."),
        Outcome.TIE.value: _("Saved: too close to tell."),
    }
    return words.get(outcome, _("Skipped."))


@signed_in
@require_POST
def pairs_order(request: HttpRequest, pk: int) -> HttpResponse:
    """The order of a list, best first: for each entry (by the number it was shown with) its place; then the next list."""

    def say(seat: Panelist) -> str:
        rows = visible(access_of(request), "list.rank", RankedList.objects.filter(challenge=seat.challenge_id))
        ranking = rows.filter(pk=id_in(request.POST.get("list", ""))).first()
        if ranking is None:
            raise Http404
        skip = request.POST.get("outcome") == "skip"
        numbers = [] if skip else _numbers(request, len(ranking.groups))
        actions.rank(ranking=ranking, groups=order_of(numbers, ranking.groups), by=request.user)
        return _("Skipped.") if skip else _("Saved: your order of %(count)d entries.") % {"count": len(numbers)}

    return _act(request, pk, say)


def _numbers(request: HttpRequest, count: int) -> list[int]:
    """Numbers of the entries by the places given to them; two on one place are told by the rules."""
    places = {number: id_in(request.POST.get(f"place-{number}", "")) for number in range(1, count + 1)}
    ordered = sorted(places, key=lambda number: (places[number], number))
    return ordered if sorted(places.values()) == list(range(1, count + 1)) else ordered[:1] * count


@signed_in
@require_POST
def pairs_undo(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back the last verdict: it is shown once more."""
    seat = _seat(request, pk)
    try:
        again = actions.undo(challenge=seat.challenge, person=seat.person, by=request.user)
    except GameError as refusal:
        return _answer(request, seat, request.POST.get("way", ""), refused=refusal.message)
    return _answer(request, seat, PAIRS if again.ranking_id is None else LISTS, said=_("Taken back: here it is once more."))


# --- Doing ------------------------------------------------------------------------------------------------------------------------------


def _seat(request: HttpRequest, pk: int) -> Panelist:
    """The person's own seat on a panel that compares."""
    rows = Panelist.objects.filter(challenge__format="pairwise", left_at__isnull=True)
    return seen(request, "panelist.own", rows.select_related("challenge__round__cycle", "person"), pk=pk)


def _act(request: HttpRequest, pk: int, say: Callable[[Panelist], str | None]) -> HttpResponse:
    """Say something, then draw what comes next."""
    seat, way = _seat(request, pk), request.POST.get("way", "")
    said, refused = "", ""
    try:
        said = say(seat) or ""
    except GameError as refusal:
        refused = refusal.message
    try:
        _draw(request, seat, way)
    except GameError as refusal:
        refused = refused or refusal.message
    return _answer(request, seat, way, said=said, refused=refused)


def _draw(request: HttpRequest, seat: Panelist, way: str) -> Vote | None:
    if way == LISTS:
        return actions.ask_list(challenge=seat.challenge, person=seat.person, by=request.user, size=_size(request))
    return actions.ask_pair(challenge=seat.challenge, person=seat.person, by=request.user)


def _size(request: HttpRequest) -> int:
    size = id_in(request.POST.get("size", ""))
    return size if SHORTEST_LIST <= size <= LONGEST_LIST else USUAL_LIST


def _answer(request: HttpRequest, seat: Panelist, way: str, *, said: str = "", refused: str = "") -> HttpResponse:
    if request.headers.get(STAGE):
        context = _stage(request, seat, way) | {"said": said, "refused": refused}
        return render(request, "judging/pairs_stage.html", context, status=409 if refused else 200)
    if refused:
        messages.error(request, refused)
    elif said:
        messages.success(request, said)
    query = f"?{urlencode({'way': LISTS})}" if way == LISTS else ""
    return redirect(reverse("pairs", args=[seat.pk]) + query)


# --- Showing ----------------------------------------------------------------------------------------------------------------------------


def _page(request: HttpRequest, seat: Panelist, way: str) -> dict[str, Any]:
    challenge = seat.challenge
    return {
        "cycle": challenge.round.cycle,
        "round": challenge.round,
        "challenge": challenge,
        "brief": brief_of(challenge),
        "now": access_of(request).now,
        "crumbs": shapes.crumbs((_("My desk"), reverse("desk")), (_("My sheets"), reverse("queue")), challenge.name),
        "asked_way": way,
    }


def _stage(request: HttpRequest, seat: Panelist, way: str) -> dict[str, Any]:
    """What stands on the stage: a pair, a list, a beginning, or why there is nothing."""
    facts, past = seat_at(seat.challenge, seat.person), past_of(seat.challenge, seat.person)
    all_known = (facts.known or 0) >= (facts.there or 0)
    share = past.share(entries=facts.there or 0, judges=facts.judges or 1)
    why = _why_not(seat, facts)
    shown = None if why else _waiting(past, way)
    lists = shown.ranking_id is not None if shown is not None else way == LISTS
    return {
        "seat": seat,
        "why": why,
        "from": _until(seat, facts) if why else None,
        "way": LISTS if lists else PAIRS,
        "share": share,
        "undoable": past.undoable and not why,
        "begun": bool(past.met),
        "over": shown is None and not why and all_known and bool(past.met) and not is_left(seat.challenge, seat.person, past),
        "few": (facts.there or 0) < 2,  # noqa: PLR2004 a pair
        "sizes": range(SHORTEST_LIST, LONGEST_LIST + 1),
        "size": len(shown.ranking.groups) if shown is not None and shown.ranking is not None else USUAL_LIST,
        "shown": shown,
        "entries": [] if shown is None else [_entry(request, shown, number, one) for number, one in enumerate(shown_with(shown))],
    }


def _why_not(seat: Panelist, facts: Any) -> str:
    """Why nothing can be compared at this moment, in words; empty if it can."""
    try:
        check_seat(seat_of_seat(facts), judge="You", panel=seat.panel)
        check_sitting(sitting_at(facts, seat.challenge))
    except GameError as refusal:
        return refusal.message
    return ""


def _until(seat: Panelist, facts: Any) -> datetime | None:
    """Until when entries may still change, if that is why nothing can be compared yet."""
    end = group_deadline(seat.challenge.round.clock, None)
    return end if spec_of(seat.challenge).form and end is not None and end > facts.now else None


def _waiting(past: Past, way: str) -> Any:
    """What waits: of the kind asked for, else (where nothing was asked for) of the other."""
    found = waiting_for(past, lists=way == LISTS)
    return waiting_for(past, lists=True) if found is None and not way else found


def _entry(request: HttpRequest, pair: Vote, place: int, one: ShownEntry) -> dict[str, Any]:
    """An entry under the name its judge may see, with what was handed in."""
    round_ = pair.challenge.round
    seen_by = eyes(access_of(request), round_, one.group.pk)
    answers = _answers(seen_by, pair, one)
    excerpt = next((words for each in answers if (words := _words(each))), "")
    return {
        "number": place + 1,
        "letter": LETTERS[place],
        "label": label_of(seen_by, round_, one.group, one.ordinal),
        "table": one.table if seen_by.names else None,
        "location": one.location if seen_by.names else "",
        "answers": answers,
        "excerpt": Truncator(excerpt).chars(EXCERPT),
        "more": len(answers) > 1 or len(excerpt) > EXCERPT or (bool(answers) and not excerpt),
    }


def _words(answer: Mapping[str, Any]) -> str:
    """A written answer as plain words; empty for links and files."""
    if answer.get("url") is not None:
        return ""
    return unescape(strip_tags(str(answer.get("html") or answer.get("text") or ""))).strip()


def _answers(seen_by: Eyes, pair: Vote, one: ShownEntry) -> list[dict[str, Any]]:
    if one.entry is None or one.entry.pinned is None:
        return []
    uploads = {each.pk: each for each in one.entry.uploads.all()}
    if not seen_by.names:
        for each in uploads.values():
            each.name = blind_name(each.field, each.name)
    return answered(seen_by.form(spec_of(pair.challenge)), one.entry.pinned.data, uploads)
