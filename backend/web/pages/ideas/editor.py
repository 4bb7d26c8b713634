"""Writing an idea: a draft that keeps itself, similar ideas beside it, and who can read what is shared."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from backend.accounts.pages.gate import id_in, me, refuse, require, seen, signed_in
from backend.api.permissions import access_of
from backend.web.pages.ideas.citing import cited_in, prefilled
from backend.web.pages.ideas.forms import FIRST, IdeaForm, TellingForm, VersionForm, of_version
from backend.web.pages.ideas.frame import Place, cards, frame, idea_seen, idea_url, places_of
from games.challenges.queries import challenges_in
from games.cycles.models import Cycle
from games.errors import GameError
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas import actions
from games.ideas.models import Idea, IdeaDraft
from games.ideas.queries import acting_in, drafts_of, similar
from games.permissions import visible

KEPT = frozenset({"csrfmiddlewaretoken", "draft", "do"})


def _place(request: HttpRequest, cycle: Cycle) -> tuple[Place, list[Place]]:
    """As whom is written: `as` names a team, or nothing for the organizers. Who may not share here is refused."""
    places = places_of(access_of(request), cycle)
    if not places:
        raise PermissionDenied
    wanted = request.POST.get("as", request.GET.get("as"))
    return next((one for one in places if one.key == wanted), places[0]), places


def _draft(request: HttpRequest, cycle: Cycle) -> IdeaDraft | None:
    """The draft that is named, if it is this person's own."""
    number = id_in(request.POST.get("draft", request.GET.get("draft", "")))
    rows = IdeaDraft.objects.filter(cycle=cycle).select_related("idea__cycle", "group")
    return visible(access_of(request), "idea_draft.view", rows).filter(pk=number).first() if number else None


def _choices(request: HttpRequest, cycle: Cycle, place: Place) -> dict[str, Any]:
    """Tasks that have been shown, and the other teams."""
    access = access_of(request)
    tasks = visible(access, "challenge.view", challenges_in(cycle))
    teams = visible(access, "group.view", Group.objects.filter(cycle=cycle, state=GroupState.ACTIVE.value)).order_by("name")
    own = place.group.pk if place.group else 0
    return {
        "tasks": [(str(one.pk), one.name) for one in tasks],
        "teams": [(str(pk), name) for pk, name in teams.values_list("pk", "name") if pk != own],
    }


@never_cache
@signed_in
def new_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """A new idea: written, kept as a draft, shared. `from` (a number), `entry` or `attempt` is what it builds on."""
    context = frame(request, cycle, _("Share an idea"))
    found = context["cycle"]
    place, places = _place(request, found)
    draft = _draft(request, found)
    choices = _choices(request, found, place)
    if request.method == "POST":
        form = IdeaForm(request.POST, **choices)
        if request.POST.get("do") == "throw" and draft is not None:
            actions.drop_draft(draft=draft, by=me(request))
            messages.success(request, _("The draft is gone."))
            return redirect("ideas", cycle)
        shared = _shared(request, found, place, form, draft)
        if shared is not None:
            return redirect(idea_url(shared))
    else:
        begun = FIRST | prefilled(request, found) | (draft.content if draft else {})
        form = IdeaForm(initial=begun, **choices)
    context |= _editor(request, found, form, place, draft) | {
        "places": places if len(places) > 1 else [],
        "drafts": [] if draft else _drafts(request, found),
        "cited": cited_in(request, found, form),
    }
    return render(request, "ideas/editor.html", context)


def _editor(request: HttpRequest, cycle: Cycle, form: TellingForm, place: Place, draft: IdeaDraft | None) -> dict[str, Any]:
    text = " ".join(str(form[name].value() or "") for name in ("title", "summary"))
    return {
        "form": form,
        "place": place,
        "draft": draft,
        "alike": _alike(request, cycle, text, but=draft.idea_id if draft else None),
        "draft_url": reverse("idea-draft", args=[cycle.key]),
        "similar_url": reverse("ideas-similar", args=[cycle.key]),
    }


def _drafts(request: HttpRequest, cycle: Cycle) -> list[dict[str, Any]]:
    """What this person has begun here."""
    rows = visible(access_of(request), "idea_draft.view", drafts_of(cycle, access_of(request).persons)).filter(idea__isnull=True)
    return [
        {
            "title": one.content.get("title") or _("without a name yet"),
            "at": one.saved_at,
            "url": f"{reverse('idea-new', args=[cycle.key])}?draft={one.pk}&as={one.group.key if one.group else ''}",
        }
        for one in rows[:10]
    ]


def _shared(request: HttpRequest, cycle: Cycle, place: Place, form: IdeaForm, draft: IdeaDraft | None) -> Idea | None:
    """Share what was typed; None if it has to be looked at again."""
    if not form.is_valid():
        return None
    said, access = form.cleaned_data, access_of(request)
    cited = cited_in(request, cycle, form)
    if form.errors:
        return None
    tasks = visible(access, "challenge.view", challenges_in(cycle))
    readers = visible(
        access, "group.view", Group.objects.filter(cycle=cycle, pk__in=[int(one) for one in said.get("readers", ())])
    )
    try:
        made = actions.share_idea(
            cycle=cycle,
            group=place.group,
            told=form.telling(said["kind"]),
            by=me(request),
            audience=said["audience"],
            readers=list(readers),
            sources=cited.citations,
            challenge=tasks.filter(pk=int(said["challenge"])).first() if said.get("challenge") else None,
            draft=draft,
        )
    except GameError as refusal:
        refuse(form, refusal)
        return None
    messages.success(request, _("Shared."))
    return made


@never_cache
@signed_in
def edit_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """The next version of an idea; the earlier ones stay."""
    idea = idea_seen(request, cycle, number)
    require(request, "idea.tell", idea)
    context = frame(request, idea.cycle, (idea.title, idea_url(idea)), _("Tell it anew"))
    draft = _draft(request, idea.cycle)
    if request.method == "POST":
        form = VersionForm(request.POST)
        if form.is_valid():
            try:
                actions.share_version(idea=idea, told=form.telling(idea.kind), by=me(request), draft=draft)
                messages.success(request, _("Shared as a new version."))
                return redirect(idea_url(idea))
            except GameError as refusal:
                refuse(form, refusal)
    else:
        form = VersionForm(initial=of_version(idea) | (draft.content if draft and draft.idea_id == idea.pk else {}))
    place = Place(idea.group.key if idea.group else "", "", idea.group)
    context |= _editor(request, idea.cycle, form, place, draft) | {"idea": idea}
    return render(request, "ideas/editor.html", context)


@never_cache
@signed_in
@require_POST
def draft(request: HttpRequest, cycle: str) -> HttpResponse:
    """Keep what is typed. Answers with the number of the draft."""
    found = seen(request, "cycle.view", Cycle.objects.all(), key=cycle)
    place, _places = _place(request, found)
    person = acting_in(found, place.group, me(request))
    if person is None:
        raise Http404
    about = id_in(request.POST.get("about", ""))
    idea = visible(access_of(request), "idea.tell", Idea.objects.filter(cycle=found, number=about)).first() if about else None
    content: dict[str, Any] = {
        name: values if name == "readers" else values[-1] for name, values in request.POST.lists() if name not in KEPT
    }
    try:
        kept = actions.save_draft(
            cycle=found,
            person=person,
            content=content,
            by=me(request),
            group=place.group,
            idea=idea,
            draft=_draft(request, found),
        )
    except GameError as refusal:
        return JsonResponse({"code": refusal.code, "message": refusal.message}, status=refusal.status)
    return JsonResponse({"draft": kept.pk, "at": kept.saved_at.isoformat()})


@require_safe
def similar_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Ideas like what is being written, as a fragment."""
    found = seen(request, "cycle.view", Cycle.objects.all(), key=cycle)
    text = request.GET.get("q", "").replace("\0", "")[:2000]
    return render(request, "ideas/alike.html", {"alike": _alike(request, found, text, but=None)})


def _alike(request: HttpRequest, cycle: Cycle, text: str, *, but: int | None) -> list[dict[str, Any]]:
    rows = visible(access_of(request), "idea.view", Idea.objects.filter(cycle=cycle))
    return cards(similar(rows.prefetch_related("tags"), text, but=but), {})
