"""A hint for a human who decides: the entries and ideas that have most in common with what was reported, or flagged by a judge."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import id_in, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.gallery import entry_card, said
from backend.web.pages.ideas.frame import idea_url, whose
from backend.web.pages.talk.rows import thread_url
from games.challenges.queries import spec_of
from games.cycles.models import Cycle
from games.ideas.models import Idea
from games.ideas.queries import alike_entries, similar
from games.judging.models import Sheet
from games.permissions import visible
from games.submissions.models import Submission
from games.submissions.queries import counting
from games.talk.models import Post

MOST = 3


@never_cache
@signed_in
@require_safe
def alike_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """The three most similar ideas and entries of the cycle which this organizer may read; `what` names what (see `_what`)."""
    found, access = organized(request, cycle), access_of(request)
    what = _what(request, found)
    ideas = visible(access, "idea.view", Idea.objects.filter(cycle=found))
    entries = visible(access, "submission.view", counting(Submission.objects.filter(challenge__round__cycle=found)))
    context = {
        "compared": what,
        "ideas": [
            {"title": one.title, "url": idea_url(one), "whose": whose(one), "text": one.summary}
            for one in similar(ideas, what["text"], most=MOST, but=what["idea"])
        ],
        "entries": [entry_card(one) for one in alike_entries(entries, what["text"], most=MOST, but=what["entry"])],
    }
    return desk_page(request, "talk/alike.html", found, "talk", context, title=_("What is like it"))


def _what(request: HttpRequest, cycle: Cycle) -> dict[str, Any]:
    """What is compared: its name, its text, where it is read, and its own idea or entry, which is like itself.

    It is named as idea-NUMBER, post-ID, or sheet-ID for the entry that a judge flagged.
    """
    kind, _sign, number = request.GET.get("what", "").partition("-")
    pk = id_in(number)
    told: dict[str, Any] = {"idea": None, "entry": None}
    if kind == "post":
        rows = Post.objects.select_related("thread__cycle").filter(thread__cycle=cycle)
        post = seen(request, "post.view", rows, pk=pk)
        text = f"{post.thread.title}\n{post.text}"
        return told | {"title": post.thread.title, "text": text, "url": thread_url(post.thread), "idea": post.thread.idea_id}
    if kind == "idea":
        idea = seen(request, "idea.view", Idea.objects.select_related("cycle"), number=pk, cycle=cycle)
        return told | {"title": idea.title, "text": f"{idea.title}\n{idea.words}", "url": idea_url(idea), "idea": idea.pk}
    if kind != "sheet":
        raise Http404
    sheet = seen(request, "sheet.answer_flag", Sheet.objects.filter(challenge__round__cycle=cycle), pk=pk)
    rows_of = Submission.objects.filter(challenge=sheet.challenge_id, group=sheet.group_id, pinned__isnull=False)
    entry = visible(access_of(request), "submission.view", rows_of.select_related("challenge", "pinned", "group")).first()
    if entry is None or entry.pinned is None:
        raise Http404
    title, text = said(spec_of(entry.challenge).form, entry.pinned.data)
    everything = "\n".join(str(value) for value in entry.pinned.data.values() if isinstance(value, str))
    url = reverse("desk-flags", args=[cycle.key])
    return told | {"title": title or entry.group.name, "text": f"{title}\n{text}\n{everything}", "url": url, "entry": entry.pk}
