"""One judge more for one entry: who is free for it, the best first, with what speaks for them; and how far it is where somebody was asked."""

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import attempt, id_in, me, signed_in
from backend.web.pages.desk.place import desk_page, organized
from backend.web.pages.desk.ways import ways
from games.judging import actions
from games.judging.models import Sheet
from games.judging.rules import PlanState
from games.judging.third import Reader, Third, readers_for

ASKED = frozenset({PlanState.WAITING.value, PlanState.RUNNING.value, PlanState.READY.value})


@never_cache
@signed_in
def third_reader(request: HttpRequest, cycle: str, pk: int) -> HttpResponse:
    """Choose who reads an entry besides those who have it. `pk` is one of its sheets."""
    found = organized(request, cycle)
    sheet = Sheet.objects.filter(challenge__round__cycle=found, pk=pk).select_related("challenge__round__cycle", "group").first()
    if sheet is None:
        raise Http404
    readers = readers_for(sheet.challenge, sheet.panel, sheet.group)
    if request.method == "POST":
        return _ask(request, sheet, readers)
    context = {
        "ways": ways(found, "doubts"),
        "sheet": sheet,
        "readers": [{"reader": one, "why": why_of(one)} for one in readers],
        "back": reverse("desk-doubts", args=[found.key]),
    }
    return desk_page(request, "desk/third_reader.html", found, "judging", context, title=_("One more judge"))


def why_of(one: Reader) -> str:
    """What speaks for a judge, and what does not, in words."""
    said = []
    if one.knows:
        said.append(_("knows %(topics)s well") % {"topics": ", ".join(one.knows)})
    if not one.reads:
        said.append(_("does not read its language"))
    if not one.seated:
        said.append(_("is not on this panel yet"))
    else:
        words = ngettext("has %(count)d sheet here", "has %(count)d sheets here", one.sheets) % {"count": one.sheets}
        said.append(words if one.limit is None else _("%(words)s, of %(limit)d at most") % {"words": words, "limit": one.limit})
    return "; ".join(said)


def _ask(request: HttpRequest, sheet: Sheet, readers: list[Reader]) -> HttpResponse:
    cycle = sheet.challenge.round.cycle
    chosen = id_in(request.POST.get("judge", ""))
    judge = next((one.person for one in readers if one.person.pk == chosen), None)
    if judge is None:
        messages.error(request, _("Choose a judge who is free for this entry."))
        return redirect("desk-third-reader", cycle.key, sheet.pk)
    done = _("%(name)s is asked, and told. The entry is in their queue.") % {"name": judge.name}
    fine = attempt(
        request,
        lambda: actions.ask_third_reader(
            challenge=sheet.challenge, panel=sheet.panel, group=sheet.group, judge=judge, by=me(request)
        ),
        done,
    )
    return redirect("desk-doubts", cycle.key) if fine else redirect("desk-third-reader", cycle.key, sheet.pk)


def third_shape(one: Third | None, cycle_key: str) -> dict[str, Any] | None:
    """Who was asked for one more look, and how far it is, as the list of second looks shows it."""
    if one is None:
        return None
    plan = reverse("desk-plan", args=[cycle_key, one.plan.pk])
    if one.judge is not None and one.sheet is not None:
        name, url = {"name": one.judge.name}, reverse("sheet", args=[one.sheet])
        if one.answered:
            return {"text": _("%(name)s has looked too: the marks are in") % name, "url": url, "done": True, "again": True}
        if one.back:
            return {"text": _("%(name)s gave it back") % name, "url": "", "done": False, "again": True}
        return {"text": _("%(name)s is asked for one more look") % name, "url": url, "done": False, "again": False}
    if one.plan.state in ASKED:
        return {"text": _("One more judge is being looked for"), "url": plan, "done": False, "again": False}
    return {"text": _("Nobody was found for one more look"), "url": plan, "done": False, "again": True}
