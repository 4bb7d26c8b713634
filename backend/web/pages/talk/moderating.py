"""Organizers look at what was reported: hide it with a reason or leave it; authors read why, and appeal once."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import attempt, id_in, may, me, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.cycle import crumbs_of
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.ideas.frame import idea_url
from backend.web.pages.ideas.frame import whose as whose_idea
from backend.web.pages.talk.rows import post_url, whose
from games.cycles.models import Cycle
from games.errors import GameError
from games.ideas.models import Idea
from games.permissions import visible
from games.talk import actions
from games.talk.models import Post, Ruling
from games.talk.queries import open_reports, waiting_appeals

LATELY = 20


def _said(row: Any) -> dict[str, Any]:
    """The post or idea that a report or ruling is about: its words, whose it is, where it is read."""
    if row.post is not None:
        post: Post = row.post
        return {
            "key": f"post-{post.pk}",
            "alike": f"post-{post.pk}",
            "title": post.thread.title,
            "text": post.text,
            "whose": whose(post),
            "hidden": post.hidden_at is not None,
            "url": post_url(post.thread, post.pk),
        }
    idea: Idea = row.idea
    hidden = idea.hidden_at is not None
    return {
        "key": f"idea-{idea.pk}",
        "alike": f"idea-{idea.number}",
        "title": idea.title,
        "text": idea.summary,
        "whose": whose_idea(idea),
        "hidden": hidden,
        "url": idea_url(idea),
    }


@never_cache
@signed_in
@require_safe
def moderation_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """What waits: each thing reported once, with all reasons; appeals; and what was decided lately."""
    found = organized(request, cycle)
    waiting: dict[str, dict[str, Any]] = {}
    for report in open_reports(found):
        said = _said(report)
        waiting.setdefault(said["key"], said | {"reports": []})["reports"].append(report)
    rulings = Ruling.objects.filter(cycle=found).select_related(
        "by", "post__thread__cycle", "post__group", "idea__cycle", "idea__group"
    )
    context = {
        "waiting": list(waiting.values()),
        "appeals": [{"ruling": one, **_said(one)} for one in waiting_appeals(found)],
        "lately": [{"ruling": one, **_said(one)} for one in rulings.order_by("-at", "-pk")[:LATELY]],
    }
    return desk_page(request, "talk/moderation.html", found, "talk", context)


@signed_in
@require_POST
def rule_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Hide or leave what is named by `post` or `idea`."""
    found = organized(request, cycle)
    what = _what(request, found)
    verdict, why = request.POST.get("verdict", ""), request.POST.get("why", "")
    done = _("Hidden. Its author reads why, and may appeal once.") if verdict == "hidden" else _("Left, with your reason.")
    attempt(request, lambda: actions.rule(what=what, verdict=verdict, why=why, by=me(request)), done)
    return redirect("desk-talk", cycle)


def _what(request: HttpRequest, cycle: Cycle) -> Post | Idea:
    kind, _sign, number = request.POST.get("what", "").partition("-")
    if kind == "post":
        rows = Post.objects.select_related("thread__cycle", "author").filter(thread__cycle=cycle)
        post = seen(request, "post.moderate", rows, pk=id_in(number))
        require(request, "post.view", post)
        return post
    if kind != "idea":
        raise Http404
    return seen(request, "idea.moderate", Idea.objects.select_related("cycle", "author"), pk=id_in(number), cycle=cycle)


@signed_in
@require_POST
def answer_page(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Answer an appeal, once."""
    found = organized(request, cycle)
    ruling = seen(request, "ruling.answer", _rulings(), pk=pk, cycle=found)
    upheld = request.POST.get("do") == "show"
    text = request.POST.get("text", "")
    done = _("It is seen again.") if upheld else _("It stays hidden, and its author reads why.")
    attempt(request, lambda: actions.answer_appeal(ruling=ruling, upheld=upheld, text=text, by=me(request)), done)
    return redirect("desk-talk", cycle)


def _rulings() -> Any:
    return Ruling.objects.select_related(
        "cycle__series",
        "cycle__organization",
        "post__thread__cycle",
        "post__group",
        "post__author",
        "idea__cycle",
        "idea__group",
        "idea__author",
    )


@never_cache
@signed_in
def ruling_page(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """What was decided about what one said, why, and the one appeal against it."""
    ruling = seen(request, "ruling.view", _rulings(), pk=pk, cycle__key=cycle)
    error, typed = "", ""
    appeals = ruling.verdict == "hidden" and ruling.appealed_at is None and may(request, "ruling.appeal", ruling)
    if request.method == "POST":
        require(request, "ruling.appeal", ruling)
        typed = request.POST.get("text", "")
        try:
            actions.appeal(ruling=ruling, text=typed, by=me(request))
            return redirect(reverse("ruling", args=[cycle, pk]))
        except GameError as refusal:
            error = refusal.message
    said = _said(ruling)
    seen_now = (
        visible(access_of(request), "thread.view", type(ruling.post.thread).objects.filter(pk=ruling.post.thread_id)).exists()
        if ruling.post
        else True
    )
    context = {
        "cycle": ruling.cycle,
        "crumbs": crumbs_of(ruling.cycle, _("What the organizers decided")),
        "ruling": ruling,
        "said": said if seen_now else said | {"url": ""},
        "appeals": appeals,
        "error": error,
        "typed": typed,
    }
    return render(request, "talk/ruling.html", context)
