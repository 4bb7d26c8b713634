"""One idea: its parts in words, its versions and what changed, where it came from and what grew from it, who may read it."""

from collections.abc import Mapping
from typing import Any

from django.db.models import Case, Exists, OuterRef, Q, StringAgg, Subquery, Value, When
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import id_in
from backend.api.permissions import access_of
from backend.web.pages.credit import came_back
from backend.web.pages.ideas.frame import (
    AUDIENCES,
    GRADES,
    KINDS,
    LINKS,
    PARTS_SAID,
    READ_BY,
    cycles_to_build_in,
    frame,
    idea_seen,
    idea_url,
    is_on,
    places_of,
    stands_for,
    told_words,
    whose,
    whose_elsewhere,
)
from backend.web.pages.ideas.talk import heeded, talk_on
from backend.web.pages.ideas.together import taken_in
from games.cycles.queries import design_of
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.models import CreditShare, Derivation, Idea, IdeaTag, IdeaVersion
from games.ideas.rules import ORDER, SOURCES, WHOLE_FROM, Audience, lacking, widens
from games.learning.models import ChangeTest
from games.learning.queries import evidence_and_adopters
from games.permissions import Access, visible
from games.recognition.models import CreditLine
from games.submissions.rules import diff_answers

FEW = 12


@require_safe
def idea_page(request: HttpRequest, cycle: str, number: int) -> HttpResponse:
    """Everything of an idea that this person may see; `compare` shows what a version changed."""
    access = access_of(request)
    found: Any = idea_seen(request, cycle, number, **_may(access), **heeded(access))
    context = frame(request, found.cycle, found.title)
    signed = access.user_id is not None
    versions = list(found.versions.order_by("-number"))
    newest = versions[0] if versions else None
    inside = found.group_id in access.groups or access.reads(found.cycle_id) or found.author_id in access.persons
    widening = signed and inside and found.may_widen and stands_for(found) is None
    teams = _teams(access, found) if widening else None
    places = places_of(access, found.cycle, teams) if signed else []
    open_ = found.hidden_at is None and is_on(found.cycle)
    context |= {
        "idea": found,
        "kind": KINDS[found.kind],
        "whose": whose(found),
        "told": told_words(found),
        "entry": stands_for(found),
        "thin": found.complete < WHOLE_FROM and stands_for(found) is None,
        "parts": _parts(newest) if newest else [],
        "lacking": _lacking(found, newest),
        "tags": sorted(found.tagged.split("\n")) if found.tagged else [],
        "versions": versions,
        "diff": _diff(versions, id_in(request.GET.get("compare", ""))),
        **_around(found, request),
        **_with_others(access, found),
        "grade": GRADES.get(found.grade, ""),
        **(_proven(access, found) if found.grade else {}),
        "read_by": READ_BY[found.audience],
        "inside": inside,
        **_builds(access, found, here=bool(places) and open_),
        "tester": next((one.key for one in places if one.group is not None), "") if open_ else "",
        "tells": signed and inside and _may_tell(found),
        "wider": _wider(found) if widening else [],
        "teams": [one for one in teams or () if one.pk != found.group_id],
        "moderates": access.organizes(found.cycle_id) and found.audience != Audience.OWN.value,
        "talk": talk_on(access, found),
    }
    return render(request, "ideas/idea.html", context)


def _may_tell(found: Any) -> bool:
    """Whether it can be told anew: what stands for an entry, or went into another idea, cannot."""
    return bool(stands_for(found) is None and found.merged_into_id is None and found.may_tell and is_on(found.cycle))


def _lacking(found: Idea, newest: IdeaVersion | None) -> list[str]:
    """Labels of the parts that the cycle asks for and the story does not tell."""
    if newest is None or stands_for(found) is not None:
        return []
    return [PARTS_SAID[part] for part in lacking(newest.parts, design_of(found.cycle).sharing.required)]


def _parts(newest: IdeaVersion) -> list[dict[str, Any]]:
    return [{"key": key, "label": label, "text": newest.parts.get(key, "")} for key, label in PARTS_SAID.items()]


def _with_others(access: Access, found: Any) -> dict[str, Any]:
    """Whose it is, what went into it, what it went into; what came back to it. No statement where there is nothing of it."""
    return {
        "credit": came_back(access, found) if found.credited else None,
        "shares": _shares(found) if found.joint else [],
        "taken_in": taken_in(access, found) if found.takes_in else [],
        "went_into": _went_into(access, found) if found.merged_into_id is not None else None,
        "splits": access.user_id is not None and found.may_split,
    }


def _went_into(access: Access, idea: Idea) -> dict[str, Any]:
    """The idea it was merged into, if this person may read that one."""
    rows = visible(access, "idea.view", Idea.objects.filter(merged=idea)).select_related("cycle", "group")
    return {"idea": (into := rows.first()), "url": idea_url(into) if into is not None else ""}


def _may(access: Access) -> dict[str, Any]:
    """What the permission table says of the idea, asked with it in one statement."""
    rows = Idea.objects.filter(pk=OuterRef("pk"))
    return {
        "may_widen": Exists(visible(access, "idea.widen", rows)),
        "may_tell": Exists(visible(access, "idea.tell", rows)),
        "may_split": Exists(visible(access, "idea.split", rows)),
        "tagged": _tags(),
        "credited": Exists(CreditLine.objects.filter(to=OuterRef("pk"))),
        "takes_in": Exists(Idea.objects.filter(merged_into=OuterRef("pk"))),
    }


def _tags() -> Subquery:
    """The words it is found by, one in a line."""
    rows = IdeaTag.objects.filter(idea=OuterRef("pk")).order_by().values("idea")
    return Subquery(rows.annotate(words=StringAgg("word", delimiter=Value("\n"))).values("words"))


def _builds(access: Access, idea: Idea, *, here: bool) -> dict[str, Any]:
    """Whether this person may build on it here, else in which other cycles."""
    return {"builds": here, "elsewhere": [] if here or idea.hidden_at is not None else cycles_to_build_in(access, idea)}


def _teams(access: Access, idea: Idea) -> list[Group]:
    """The teams of the cycle, to whom it can be shown."""
    rows = Group.objects.filter(cycle=idea.cycle_id, state=GroupState.ACTIVE.value)
    return list(visible(access, "group.view", rows).order_by("name"))


def _wider(idea: Idea) -> list[dict[str, Any]]:
    """Audiences that let in at least those who read it now."""
    held = Audience(idea.audience)
    open_ = [one for one in ORDER if widens(held, one) and (one is not held or one is Audience.GROUPS)]
    return [{"key": one.value, "label": AUDIENCES[one.value]} for one in open_]


def _around(idea: Idea, request: HttpRequest) -> dict[str, Any]:
    """Where it came from and the newest that grew from it. One statement."""
    seen = visible(access_of(request), "idea.view", Idea.objects.all())
    near = Derivation.objects.filter(Q(target=idea) | Q(source=idea, target__in=seen.order_by().values("pk")))
    near = near.annotate(told=Exists(seen.filter(pk=OuterRef("source")))).select_related(
        "source__group", "source__cycle", "target__group", "target__cycle"
    )
    first = Case(When(target=idea, then=Value(0)), default=Value(1))
    rows: list[Any] = list(near.order_by(first, "-target_id", "source_id")[: SOURCES + FEW])
    links = [one for one in rows if one.target_id == idea.pk]
    return {
        "sources": [_link(one, one.source if one.told else None, idea) for one in links],
        "grown": [_link(one, one.target, idea) for one in rows if one.source_id == idea.pk][:FEW],
    }


def _link(one: Derivation, idea: Idea | None, here: Idea) -> dict[str, Any]:
    told: dict[str, Any] = {"verb": LINKS[one.kind], "reason": one.reason, "idea": idea}
    return told | ({"url": idea_url(idea), "whose": whose_elsewhere(idea, here.cycle)} if idea is not None else {})


def _proven(access: Access, idea: Any) -> dict[str, Any]:
    """Why it has its grade, and who adopted it: by name those of which this person may see that they did."""
    tests = visible(access, "change_test.view", ChangeTest.objects.all())
    told, named = evidence_and_adopters(idea, tests, joint=idea.joint)
    return {"evidence": told.reasons, "adopters": named[:FEW], "adopters_more": told.adopted - len(named[:FEW])}


def _shares(idea: Idea) -> list[dict[str, Any]]:
    """How the groups of a joint idea share its credit; nothing to say where it is one group's. One statement."""
    rows = CreditShare.objects.filter(idea=idea).order_by("-basis_points", "pk").values_list("group__name", "basis_points")
    return [{"name": name, "percent": f"{points / 100:g}"} for name, points in rows]


def _diff(versions: list[IdeaVersion], number: int) -> dict[str, Any] | None:
    """What a version changed against the one before it."""
    by_number = {one.number: one for one in versions}
    if number not in by_number or number - 1 not in by_number:
        return None
    names: dict[str, Any] = {"title": _("Title"), "summary": _("In short"), **PARTS_SAID}
    before, after = (_texts(by_number[one]) for one in (number - 1, number))
    fields = [
        {"name": names[one.key], "changed": one.changed, "pieces": one.pieces, "added": one.added, "removed": one.removed}
        for one in diff_answers(list(names), before, after)
    ]
    return {"number": number, "before": number - 1, "fields": fields}


def _texts(version: IdeaVersion) -> Mapping[str, Any]:
    return {"title": version.title, "summary": version.summary, **version.parts}
