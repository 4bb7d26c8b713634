"""What is done to a thread and its posts: accepted, helpful, thanked, corrected, reported, followed."""

from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from backend.accounts.pages.gate import attempt, me, require, seen, signed_in
from backend.web.pages.talk.frame import thread_seen
from backend.web.pages.talk.rows import post_url, thread_url
from games.talk import actions
from games.talk.models import Post


@signed_in
@require_POST
def on_post(request: HttpRequest, cycle: str, number: int, pk: int) -> HttpResponse:
    """`do` names the act; whoever may not do it is refused."""
    thread = thread_seen(request, cycle, number)
    post = seen(request, "post.view", Post.objects.select_related("thread__cycle", "group", "author"), pk=pk, thread=thread)
    do, by = request.POST.get("do", ""), me(request)
    acts: dict[str, tuple[str, Any, Callable[[], object], str]] = {
        "accept": ("thread.settle", thread, lambda: actions.accept(post=post, by=by), _("It answers your question.")),
        "helpful": ("thread.settle", thread, lambda: actions.mark_helpful(post=post, by=by), _("Marked: it helped.")),
        "unhelpful": ("thread.settle", thread, lambda: actions.unmark_helpful(post=post, by=by), _("No longer marked.")),
        "thank": ("post.heed", post, lambda: actions.thank(what=post, by=by), _("You said thank you.")),
        "thank-back": ("post.heed", post, lambda: actions.thank_back(what=post, by=by), _("Taken back.")),
        "correct": (
            "post.correct",
            post,
            lambda: actions.correct_post(post=post, text=request.POST.get("text", ""), by=by),
            _("Corrected. What stood there before can still be read."),
        ),
        "report": (
            "post.heed",
            post,
            lambda: actions.report(what=post, why=request.POST.get("why", ""), by=by),
            _("Reported. The organizers look at it; whoever wrote it does not learn who reported."),
        ),
    }
    if do not in acts:
        raise Http404
    name, about, act, done = acts[do]
    require(request, name, about)
    attempt(request, act, done)
    return redirect(post_url(thread, post.pk))


@signed_in
@require_POST
def on_thread(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Followed, no longer followed; its accepted answer is none after all."""
    thread, by = thread_seen(request, cycle, number), me(request)
    match request.POST.get("do"):
        case "follow":
            require(request, "thread.heed", thread)
            attempt(request, lambda: actions.follow(what=thread, by=by), _("You hear of new replies."))
        case "unfollow":
            require(request, "thread.heed", thread)
            attempt(request, lambda: actions.unfollow(what=thread, by=by), _("You hear of it no more."))
        case "reopen":
            require(request, "thread.settle", thread)
            attempt(request, lambda: actions.reopen(thread=thread, by=by), _("The question is open again."))
        case _:
            raise Http404
    return redirect(thread_url(thread))
