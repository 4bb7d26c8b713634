"""Whose an idea is, and what becomes of it with others: credit divided, two made one, one split into several."""

from typing import Any, Final

from django.contrib import messages
from django.db.models import Count, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backend.accounts.pages.gate import attempt, id_in, me, require, signed_in
from backend.api.permissions import access_of
from backend.web.pages.ideas.frame import frame, idea_seen, idea_url, stands_for, whose
from backend.web.partners import points_in
from games.errors import GameError
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas import actions
from games.ideas.models import Idea, IdeaMerger
from games.ideas.queries import shares_of
from games.ideas.rules import MergeState, Telling
from games.permissions import Access, visible
from games.playbooks.rules import Capability

PARTS: Final = 4
"""So many parts can be told on the page."""


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def together_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Three small forms for who speaks for a team that has a part of the idea, and what was asked of it."""
    idea = idea_seen(request, cycle, number)
    require(request, "idea.split", idea)
    access, error = access_of(request), ""
    if request.method == "POST":
        error = _done(request, access, idea)
        if not error:
            return redirect("idea-together", cycle, number)
    context = frame(request, idea.cycle, (idea.title, idea_url(idea)), _("With others")) | {
        "idea": idea,
        "error": error,
        "entry": stands_for(idea),
        "shares": _shares(idea, request),
        "teams": _teams(access, idea),
        "asked": _asked(access, idea),
        "own": idea.group_id in access.groups_with(Capability.CAPTAIN),
        "sent": request.POST,
        "parts": [
            {"number": one, "title": request.POST.get(f"title-{one}", ""), "summary": request.POST.get(f"summary-{one}", "")}
            for one in range(1, PARTS + 1)
        ],
    }
    return render(request, "ideas/together.html", context, status=422 if error else 200)


def taken_in(access: Access, idea: Idea) -> list[dict[str, Any]]:
    """Ideas that went into this one, with what was tried and said of them, which stays there. One statement."""
    tests = Count("change_tests", distinct=True)
    rows: QuerySet[Any] = visible(access, "idea.view", Idea.objects.filter(merged_into=idea)).select_related("group", "cycle")
    rows = rows.annotate(tested=tests, talked=Count("threads", distinct=True)).order_by("number")
    return [{"idea": one, "url": idea_url(one), "whose": whose(one)} for one in rows]


def _shares(idea: Idea, request: HttpRequest) -> list[dict[str, Any]]:
    """Each team with its part, as typed last."""
    held = shares_of(idea)
    names = dict(Group.objects.filter(pk__in=held).values_list("pk", "name"))
    return [
        {"pk": pk, "name": names.get(pk, ""), "percent": request.POST.get(f"part-{pk}", f"{points / 100:g}")}
        for pk, points in sorted(held.items(), key=lambda one: -one[1])
    ]


def _teams(access: Access, idea: Idea) -> list[Group]:
    """Teams that could be given a part."""
    rows = Group.objects.filter(cycle=idea.cycle_id, state=GroupState.ACTIVE.value).exclude(pk__in=shares_of(idea))
    return list(visible(access, "group.view", rows).order_by("name"))


def _asked(access: Access, idea: Idea) -> list[dict[str, Any]]:
    """Open wishes that this idea and another become one."""
    rows = IdeaMerger.objects.filter(Q(source=idea) | Q(into=idea), state=MergeState.ASKED.value)
    rows = visible(access, "idea_merger.view", rows).select_related(
        "source__group", "source__cycle", "into__group", "into__cycle", "group"
    )
    mine = access.groups_with(Capability.CAPTAIN)
    found = []
    for one in rows.order_by("pk"):
        other = one.into if one.source.group_id == one.group_id else one.source
        parts = {int(pk): points for pk, points in one.shares.items()}
        names = {each.group_id: each.group.name for each in (one.source, one.into) if each.group is not None}
        found.append(
            {
                "one": one,
                "source": {"idea": one.source, "url": idea_url(one.source), "whose": whose(one.source)},
                "into": {"idea": one.into, "url": idea_url(one.into), "whose": whose(one.into)},
                "parts": [{"name": names.get(pk, _("others")), "percent": f"{points / 100:g}"} for pk, points in parts.items()],
                "answers": other.group_id in mine,
                "withdraws": one.group_id in mine,
            }
        )
    return found


# --- What was sent ----------------------------------------------------------------------------------------------------------------------


def _done(request: HttpRequest, access: Access, idea: Idea) -> str:
    """Empty when it was done, else why not."""
    acts = {"credit": _credit, "merge": _merge, "split": _split, "agree": _answer, "decline": _answer, "withdraw": _answer}
    act = acts.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    try:
        return act(request, access, idea)
    except GameError as refusal:
        return refusal.message


def _credit(request: HttpRequest, access: Access, idea: Idea) -> str:
    """The parts as typed; a team with nothing is left out, another may be named."""
    typed = {pk: request.POST.get(f"part-{pk}", "") for pk in shares_of(idea)}
    shares = {pk: points_in(text) for pk, text in typed.items() if text.strip() not in {"", "0"}}
    added = next((one for one in _teams(access, idea) if str(one.pk) == request.POST.get("team")), None)
    if added is not None:
        shares[added.pk] = points_in(request.POST.get("part-new", ""))
    actions.split_credit(idea=idea, shares=shares, by=me(request))
    messages.success(request, _("The credit is divided so from now on."))
    return ""


def _merge(request: HttpRequest, access: Access, idea: Idea) -> str:
    """This idea and another, named by its number: which goes on, and what each team keeps."""
    rows = Idea.objects.filter(cycle=idea.cycle, number=id_in(request.POST.get("other", "")))
    other = visible(access, "idea.view", rows).select_related("cycle", "group").first()
    if other is None:
        return _("There is no such idea. Its number stands above its title.")
    mine = access.groups_with(Capability.CAPTAIN)
    group = next((one.group for one in (idea, other) if one.group is not None and one.group_id in mine), None)
    if group is None:
        return _("One of the two is an idea of your own team.")
    source, into = (other, idea) if request.POST.get("goes-on") == "this" else (idea, other)
    ours = points_in(request.POST.get("ours", ""))
    theirs = next((one.group_id for one in (idea, other) if one.group_id not in {group.pk, None}), None)
    shares = {group.pk: ours} if theirs is None else {group.pk: ours, theirs: 10_000 - ours}
    made = actions.ask_merge(source=source, into=into, shares=shares, group=group, by=me(request))
    done = made.state == MergeState.AGREED.value
    messages.success(request, _("The two are one.") if done else _("Asked. The other team answers."))
    return ""


def _split(request: HttpRequest, access: Access, idea: Idea) -> str:
    """The parts that were told."""
    del access  # that it is an idea of one's own the permission says
    require(request, "idea.tell", idea)
    told = [(request.POST.get(f"title-{one}", ""), request.POST.get(f"summary-{one}", "")) for one in range(1, PARTS + 1)]
    parts = [Telling(title=title, kind=idea.kind, summary=summary) for title, summary in told if title.strip() or summary.strip()]
    actions.split_idea(idea=idea, parts=parts, by=me(request))
    messages.success(request, _("Each part is an idea of its own now. Tell the rest of each there."))
    return ""


def _answer(request: HttpRequest, access: Access, idea: Idea) -> str:
    """To what was asked."""
    pk = id_in(request.POST.get("row", ""))
    row = next((one for one in _asked(access, idea) if one["one"].pk == pk), None)
    do = request.POST["do"]
    if row is None or not row["withdraws" if do == "withdraw" else "answers"]:
        raise Http404
    if do == "withdraw":
        attempt(request, lambda: actions.withdraw_merge(merger=row["one"], by=me(request)), _("Taken back."))
    else:
        done = _("The two are one.") if do == "agree" else _("Declined.")
        attempt(request, lambda: actions.answer_merge(merger=row["one"], agree=do == "agree", by=me(request)), done)
    return ""
