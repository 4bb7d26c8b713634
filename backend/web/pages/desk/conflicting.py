"""Conflicts of interest on the organizer's desk: what teams said in words, who must not mark whom and why, upheld or lifted."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.contrib import messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.cache import never_cache

from backend.accounts.pages.gate import attempt, id_in, me, seen, signed_in
from backend.web.pages.desk.place import back, desk_page, organized
from backend.web.pages.desk.ways import ways
from backend.web.paging import page_of
from games.cycles.models import Cycle
from games.groups.models import Group
from games.groups.rules import GroupState
from games.judging import actions
from games.judging.conflicts import standing_final, standing_votes
from games.judging.models import Concern, ConflictOfInterest
from games.judging.seating import judges_of
from games.organizations.models import Person

PAGE: Final = 40
CONCERNS: Final = 12
KINDS: Final = {
    "declared": gettext_lazy("declared"),
    "organization": gettext_lazy("the same organization"),
    "teammate": gettext_lazy("past team-mates"),
    "mentor": gettext_lazy("mentor"),
    "built_upon": gettext_lazy("built upon"),
}
SOURCES: Final = {
    "judge": gettext_lazy("the judge"),
    "team": gettext_lazy("the team"),
    "organizer": gettext_lazy("an organizer"),
    "system": gettext_lazy("found by itself"),
}
STATES: Final = {"": gettext_lazy("in force"), "lifted": gettext_lazy("lifted"), "all": gettext_lazy("all")}
SORTS: Final = {
    "judge": (gettext_lazy("judge"), ("person__name", "group__name", "pk")),
    "group": (gettext_lazy("team"), ("group__name", "person__name", "pk")),
    "new": (gettext_lazy("newest first"), ("-declared_at", "-pk")),
}


def narrowed(rows: QuerySet[ConflictOfInterest], asked: Mapping[str, str]) -> QuerySet[ConflictOfInterest]:
    """Only those that fit: `q` in a name, `kind`, `source`, `state`; in the order `sort` names. Unknown values narrow nothing."""
    if word := asked.get("q", "").replace("\0", "").strip():
        rows = rows.filter(Q(person__name__icontains=word) | Q(group__name__icontains=word))
    if (kind := asked.get("kind", "")) in KINDS:
        rows = rows.filter(kind=kind)
    if (source := asked.get("source", "")) in SOURCES:
        rows = rows.filter(source=source)
    if asked.get("state") != "all":
        rows = rows.filter(lifted_at__isnull=asked.get("state") != "lifted")
    return rows.order_by(*SORTS.get(asked.get("sort", ""), SORTS["judge"])[1])


@never_cache
@signed_in
def conflicts_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Who must not mark whom, and why: declare, uphold, lift; answer what teams said in words."""
    found = organized(request, cycle)
    if request.method == "POST":
        return _act(request, found)
    asked = {name: request.GET.get(name, "") for name in ("q", "kind", "source", "state", "sort")}
    rows = ConflictOfInterest.objects.filter(group__cycle=found).select_related("person", "group")
    page = page_of(request, narrowed(rows, asked), PAGE)
    shown = list(page.object_list)
    still, votes = standing_final(shown), standing_votes(shown)
    waiting = Concern.objects.filter(group__cycle=found, settled_at__isnull=True)
    kept = urlencode({name: value for name, value in asked.items() if value})
    context = {
        "ways": ways(found, "conflicts"),
        "asked": asked,
        "page": page,
        "kept": kept,
        "narrow": any(asked[name] for name in ("q", "kind", "source", "state")),
        "rows": [_row(one, still.get(one.pk, 0), votes.get(one.pk, 0)) for one in shown],
        "kinds": KINDS.items(),
        "sources": SOURCES.items(),
        "states": STATES.items(),
        "sorts": [(key, label) for key, (label, _order) in SORTS.items()],
        "concerns": waiting.select_related("group").order_by("pk")[:CONCERNS],
        "judges": judges_of(found),
        "groups": Group.objects.filter(cycle=found, state=GroupState.ACTIVE.value).order_by("name", "pk"),
        "here": request.get_full_path(),
    }
    return desk_page(request, "desk/conflicts.html", found, "judging", context, title=_("Conflicts of interest"))


def _row(one: ConflictOfInterest, still: int, votes: int) -> dict[str, Any]:
    return {
        "conflict": one,
        "kind": KINDS[one.kind],
        "source": SOURCES[one.source],
        "lifted": one.lifted_at is not None,
        "still": still,
        "votes": votes,
        "found": one.source == "system",
    }


def _act(request: HttpRequest, cycle: Cycle) -> HttpResponse:
    acts: dict[str, Callable[[HttpRequest, Cycle], None]] = {
        "lift": _lift,
        "uphold": _uphold,
        "settle": _settle,
        "dismiss": _settle,
        "find": _find,
        "declare": _declare,
    }
    act = acts.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    act(request, cycle)
    return back(request, reverse("desk-conflicts", args=[cycle.key]))


def _chosen(request: HttpRequest, cycle: Cycle) -> ConflictOfInterest:
    rows = ConflictOfInterest.objects.filter(group__cycle=cycle)
    return seen(request, "conflict.settle", rows, pk=id_in(request.POST.get("row", "")))


def _lift(request: HttpRequest, cycle: Cycle) -> None:
    one, reason = _chosen(request, cycle), request.POST.get("reason", "")
    done = _("It counts no more, and is not found again. Sheets that were given back stay so until you open them again.")
    attempt(request, lambda: actions.lift_conflict(conflict=one, reason=reason, by=me(request)), done)


def _uphold(request: HttpRequest, cycle: Cycle) -> None:
    one = _chosen(request, cycle)
    done = _("Their final sheets on this team, and their comparisons with it, no longer count either.")
    attempt(request, lambda: actions.uphold_conflict(conflict=one, by=me(request)), done)


def _settle(request: HttpRequest, cycle: Cycle) -> None:
    rows = Concern.objects.filter(group__cycle=cycle)
    concern = seen(request, "concern.settle", rows, pk=id_in(request.POST.get("row", "")))
    wanted = set(request.POST.getlist("judge")) if request.POST.get("do") == "settle" else set()
    judges = [one for one in judges_of(cycle) if str(one.pk) in wanted]
    if request.POST.get("do") == "settle" and not judges:
        messages.error(request, _("Tick the judges who are meant, or answer that nobody is."))
        return
    answer, by = request.POST.get("answer", ""), me(request)
    done = ngettext("%(count)d judge will not mark this team.", "%(count)d judges will not mark this team.", len(judges)) % {
        "count": len(judges)
    }
    attempt(
        request,
        lambda: actions.settle_concern(concern=concern, judges=judges, answer=answer, by=by),
        done if judges else _("The team reads your answer."),
    )


def _find(request: HttpRequest, cycle: Cycle) -> None:
    new = actions.find_conflicts(cycle=cycle, by=me(request))
    if new:
        said = ngettext("%(count)d conflict was found.", "%(count)d conflicts were found.", new)
        messages.success(request, said % {"count": new})
    else:
        messages.info(request, _("Nothing new was found."))


def _declare(request: HttpRequest, cycle: Cycle) -> None:
    given = {key: request.POST.get(key, "") for key in ("person", "group", "reason")}
    person: Person | None = next((one for one in judges_of(cycle) if str(one.pk) == given["person"]), None)
    group = Group.objects.filter(cycle=cycle, key=given["group"]).first()
    if person is None or group is None:
        messages.error(request, _("Choose a judge and a team."))
        return
    done = _("%(judge)s will not mark %(group)s. Sheets on it are given back.") % {"judge": person.name, "group": group.name}
    reason = given["reason"].strip()
    attempt(request, lambda: actions.declare_conflict(person=person, group=group, by=me(request), reason=reason), done)
