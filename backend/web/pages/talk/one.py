"""One thread: what was said, what answered it, and a place to reply."""

from typing import Any, Final

from django.contrib.auth.views import redirect_to_login
from django.db.models import Exists, OuterRef
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backend.accounts.pages.gate import id_in, me, refuse, require
from backend.api.permissions import access_of
from backend.web.pages.cycle import crumbs_of
from backend.web.pages.ideas.frame import frame, idea_url, is_on
from backend.web.pages.talk.frame import SayForm, place_of, thread_seen
from backend.web.pages.talk.rows import KINDS, answered_words, post_url, whose
from backend.web.paging import page_of
from games.errors import GameError
from games.learning.models import ChangeTest
from games.learning.rules import Act, ChangeState
from games.permissions import Access, visible
from games.playbooks.rules import Capability
from games.talk import actions
from games.talk.models import Post, Thanks, Thread
from games.talk.queries import posts_of
from games.talk.rules import ONE_ANSWER, ThreadKind

PAGE: Final = 25


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def thread_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """A thread as far as this person may see it; sent, it says something in it."""
    thread = thread_seen(request, cycle, number)
    form = SayForm()
    if request.method == "POST":
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        require(request, "thread.say", thread)
        form = SayForm(request.POST)
        made = _said(request, thread, form)
        if made is not None:
            return redirect(post_url(thread, made.pk))
    return render(request, "talk/thread.html", _context(request, thread, form))


def _said(request: HttpRequest, thread: Thread, form: SayForm) -> Post | None:
    place, _places = place_of(request, thread.cycle)
    if place is None or not form.is_valid():
        return None
    try:
        return actions.say(thread=thread, text=form.cleaned_data["text"], by=me(request), group=place.group)
    except GameError as refusal:
        refuse(form, refusal)
        return None


def _context(request: HttpRequest, thread: Thread, form: SayForm) -> dict[str, Any]:
    access = access_of(request)
    place, places = place_of(request, thread.cycle)
    open_ = is_on(thread.cycle) and thread.hidden_at is None and (thread.idea is None or thread.idea.hidden_at is None)
    settles = open_ and _settles(access, thread)
    return {
        **_way(request, thread),
        "thread": thread,
        "kind": KINDS[thread.kind],
        "whose": whose(thread),
        "answered": answered_words(thread),
        **_posts(request, thread, settles=settles),
        "form": form,
        "place": place if open_ else None,
        "places": places if len(places) > 1 else [],
        "settles": settles,
        "here": thread.cycle_id in access.member_of,
        "follows": thread.followed,  # type: ignore[attr-defined] # annotated
        "moderates": access.organizes(thread.cycle_id),
        **(_asked(access, thread) if thread.kind == ThreadKind.ASK.value else {}),
        "now": access.now,
    }


def _way(request: HttpRequest, thread: Thread) -> dict[str, Any]:
    if thread.idea is not None:
        return frame(request, thread.cycle, (thread.idea.title, idea_url(thread.idea)), thread.title) | {
            "about": {"title": thread.idea.title, "url": idea_url(thread.idea)}
        }
    board = (_("Barriers"), reverse("barriers", args=[thread.cycle.key]))
    return {"cycle": thread.cycle, "crumbs": crumbs_of(thread.cycle, board, thread.title), "about": None}


def _settles(access: Access, thread: Thread) -> bool:
    """Whether this person speaks for whoever asked: the row of the permission table, asked without a statement."""
    if thread.group_id is None:
        return access.organizes(thread.cycle_id)
    return thread.group_id in access.groups_with(Capability.SUBMIT)


def _posts(request: HttpRequest, thread: Thread, *, settles: bool) -> dict[str, Any]:
    """A page of what was said, the one with the post that `post` names by its id; and the way to the answer if it stands elsewhere."""
    access = access_of(request)
    rows = posts_of(visible(access, "post.view", Post.objects.all()), thread)
    wanted = id_in(request.GET.get("post", ""))
    before = rows.filter(number__lt=Post.objects.filter(pk=wanted, thread=thread).values("number")) if wanted else None
    page = page_of(request, rows, PAGE, holding=before.count() if before is not None else None)
    mine = (
        Thanks.objects.filter(person__in=sorted(access.persons), post__thread=thread) if access.persons else Thanks.objects.none()
    )
    thanked = set(mine.values_list("post", flat=True))
    there = {one.pk for one in page}
    return {
        "page": page,
        "posts": [_post(access, thread, one, thanked=one.pk in thanked, settles=settles) for one in page],
        "answer": post_url(thread, thread.accepted_id) if thread.accepted_id and thread.accepted_id not in there else "",
    }


def _post(access: Access, thread: Thread, one: Post, *, thanked: bool, settles: bool) -> dict[str, Any]:
    anew = list(one.corrections.all())
    own = one.author_id in access.persons
    ours = own or one.group_id in access.groups
    others = one.number > 1 and (one.group_id != thread.group_id or (one.group_id is None and one.author_id != thread.author_id))
    seen = one.hidden_at is None
    return {
        "post": one,
        "text": anew[-1].text if anew else one.text,
        "corrected": anew[-1] if anew else None,
        "before": [one, *anew[:-1]] if anew else [],
        "whose": whose(one),
        "own": own,
        "accepted": thread.accepted_id == one.pk,
        "helped": one.helpful_at is not None,
        "accepts": settles and others and seen and ThreadKind(thread.kind) in ONE_ANSWER,
        "helps": settles and others and seen and thread.kind == ThreadKind.BARRIER.value,
        "thanks": seen and not ours and thread.cycle_id in access.member_of,
        "thanked": thanked,
        "moderates": seen and access.organizes(thread.cycle_id),
        "url": reverse("thread-post", args=[thread.cycle.key, thread.number, one.pk]),
        "rule_url": reverse("desk-talk-rule", args=[thread.cycle.key]),
        "reports": seen and not own and thread.cycle_id in access.member_of and not access.organizes(thread.cycle_id),
        "corrects": own
        and seen
        and (one.group_id in access.groups or (one.group_id is None and access.organizes(thread.cycle_id))),
    }


def _asked(access: Access, thread: Thread) -> dict[str, Any]:
    """Who was asked, by name where this person may see that they adopted it; how many there are besides."""
    done = ChangeTest.objects.filter(
        group=OuterRef("pk"), idea=thread.idea_id, state=ChangeState.ACTED.value, act=Act.ADOPT.value
    )
    asked: list[Any] = list(thread.asked.annotate(known=Exists(visible(access, "change_test.view", done))).order_by("name"))
    named = [one.name for one in asked if one.known or one.pk in access.groups]
    return {
        "asked": named,
        "unnamed": len(asked) - len(named),
        "late": thread.replied_at is None and thread.due_at is not None and thread.due_at < access.now,
    }
