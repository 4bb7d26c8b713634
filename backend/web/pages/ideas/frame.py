"""What the pages of the commons share: words for kinds and audiences, cards, who may write here, which idea it is about."""

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from backend.api.permissions import access_of
from backend.web.pages.cycle import boards_seen, crumbs_of, cycle_seen, tabs
from games.cycles.models import Cycle
from games.groups.models import Group
from games.groups.rules import GroupState
from games.ideas.models import CreditShare, Idea
from games.ideas.queries import with_story
from games.ideas.rules import SHARED_IN, WHOLE_FROM, Audience, DerivationKind, IdeaKind, told_by_organizers
from games.permissions import Access, visible
from games.playbooks.rules import Capability

KINDS: Final[dict[str, Any]] = {
    IdeaKind.CONCEPT.value: gettext_lazy("Concept"),
    IdeaKind.HOW_TO.value: gettext_lazy("How-to"),
    IdeaKind.PRACTICE_KIT.value: gettext_lazy("Practice kit"),
    IdeaKind.FAILURE_STORY.value: gettext_lazy("Failure story"),
    IdeaKind.TACTIC.value: gettext_lazy("Tactic"),
    IdeaKind.CLUE.value: gettext_lazy("Clue"),
}
KIND_HINTS: Final[dict[str, Any]] = {
    IdeaKind.CONCEPT.value: gettext_lazy("a thought worth trying"),
    IdeaKind.HOW_TO.value: gettext_lazy("how one step is done"),
    IdeaKind.PRACTICE_KIT.value: gettext_lazy("all that another team needs to do it too"),
    IdeaKind.FAILURE_STORY.value: gettext_lazy("tried, did not work, and why"),
    IdeaKind.TACTIC.value: gettext_lazy("a way of going about it"),
    IdeaKind.CLUE.value: gettext_lazy("a piece that helps others to find the rest"),
}
AUDIENCES: Final[dict[str, Any]] = {
    Audience.OWN.value: gettext_lazy("Only us: nobody else, not even the organizers"),
    Audience.ORGANIZERS.value: gettext_lazy("We and the organizers"),
    Audience.GROUPS.value: gettext_lazy("And the teams we name"),
    Audience.TEAMS.value: gettext_lazy("Every team of this cycle, no sponsor and no visitor"),
    Audience.EVERYBODY.value: gettext_lazy("Everybody who can see this cycle"),
}
READ_BY: Final[dict[str, Any]] = {
    Audience.OWN.value: gettext_lazy("only its team"),
    Audience.ORGANIZERS.value: gettext_lazy("its team and the organizers"),
    Audience.GROUPS.value: gettext_lazy("its team, the organizers and the teams it names"),
    Audience.TEAMS.value: gettext_lazy("every team of this cycle, and the organizers"),
    Audience.EVERYBODY.value: gettext_lazy("everybody who can see this cycle"),
}
LINKS: Final[dict[str, Any]] = {
    DerivationKind.BUILDS_ON.value: gettext_lazy("builds on"),
    DerivationKind.COMBINES.value: gettext_lazy("combines"),
    DerivationKind.ADAPTS.value: gettext_lazy("adapts"),
    DerivationKind.ANSWERS.value: gettext_lazy("answers"),
    DerivationKind.REJECTS.value: gettext_lazy("leaves aside"),
    DerivationKind.MERGES.value: gettext_lazy("merges"),
    DerivationKind.SPLITS.value: gettext_lazy("splits off from"),
}
PARTS_SAID: Final[dict[str, Any]] = {
    "steps": gettext_lazy("Steps"),
    "time": gettext_lazy("Time it takes"),
    "cost": gettext_lazy("What it costs"),
    "people": gettext_lazy("Who it takes"),
    "went_wrong": gettext_lazy("What went wrong"),
    "ask": gettext_lazy("Whom to ask"),
}


class Place(NamedTuple):
    """As whom somebody may share here: for a group, or (without) as an organizer."""

    key: str
    name: str
    group: Group | None


def places_of(access: Access, cycle: Cycle, known: Iterable[Group] | None = None) -> list[Place]:
    """As whom this person may share in the cycle: their teams first. One statement for who is in a team, else none.

    `known`: the active teams of the cycle by name, where the page has them already.
    """
    mine = access.groups_with(Capability.SUBMIT)
    rows: Iterable[Group] = [one for one in known or () if one.pk in mine]
    if known is None and mine:
        rows = Group.objects.filter(cycle=cycle, pk__in=mine, state=GroupState.ACTIVE.value).order_by("name")
    found = [Place(one.key, one.name, one) for one in rows]
    return [*found, Place("", _("The organizers"), None)] if access.organizes(cycle.pk) else found


def cycles_to_build_in(access: Access, idea: Idea) -> list[Cycle]:
    """Other cycles that are on, in which this person's teams may build on it: of the same series, else any. One statement, none for who is
    in no team.
    """
    mine = access.groups_with(Capability.SUBMIT)
    if not mine:
        return []
    rows = Cycle.objects.filter(groups__in=mine, groups__state=GroupState.ACTIVE.value, state__in=SHARED_IN)
    found = list(rows.exclude(pk=idea.cycle_id).distinct().order_by("-pk")[:20])
    series = idea.cycle.series_id
    return [one for one in found if series is not None and one.series_id == series] or found[:3]


def is_on(cycle: Cycle) -> bool:
    """Whether anything is shared and said in it still; when it is over everything stays to be read."""
    return cycle.state in SHARED_IN


def frame(request: HttpRequest, cycle: Cycle | str, *more: tuple[str, str] | str) -> dict[str, Any]:
    """The context every page of the commons begins with. A cycle named by its key is seen, or there is no such page."""
    found = cycle if isinstance(cycle, Cycle) else cycle_seen(request, cycle)
    way = [(_("Ideas"), reverse("ideas", args=[found.key])), *more] if more else [_("Ideas")]
    return {"cycle": found, "crumbs": crumbs_of(found, *way)}


def tabs_of(request: HttpRequest, cycle: Cycle) -> list[dict[str, Any]]:
    """The parts of the cycle, the commons among them."""
    access = access_of(request)
    return tabs(cycle, "ideas", main=boards_seen(access, cycle).first(), access=access)


def idea_seen(request: HttpRequest, cycle: str, number: int, **told: Any) -> Idea:
    """The idea, if this person may read it; else 404: hidden and absent look alike. `told`: what else the same statement asks of it."""
    rows = with_story(Idea.objects.filter(cycle__key=cycle, number=number)).select_related("cycle__series", "cycle__organization")
    rows = rows.annotate(joint=Exists(CreditShare.objects.filter(idea=OuterRef("pk"))), **told)
    found = visible(access_of(request), "idea.view", rows).first()
    if found is None:
        raise Http404
    return found


def idea_url(idea: Idea, name: str = "idea") -> str:
    """The address of an idea, or of another page about it. Its cycle is loaded."""
    return reverse(name, args=[idea.cycle.key, idea.number])


def whose(idea: Idea) -> str:
    """Whose it is."""
    if idea.group is not None:
        return idea.group.name
    return nameless(organizers=told_by_organizers(idea.author_id, safe=idea.safe, key_digest=idea.key_digest))


def whose_elsewhere(idea: Idea, cycle: Cycle) -> str:
    """Whose it is, and of which cycle where it is of another one than `cycle`."""
    return whose(idea) if idea.cycle_id == cycle.pk else f"{whose(idea)}, {idea.cycle.name}"


def nameless(*, organizers: bool) -> str:
    """Who told an idea that has no team."""
    return _("The organizers") if organizers else _("Somebody")


def stands_for(idea: Idea) -> dict[str, str] | None:
    """The entry it stands for: in words, and where it is read."""
    what = idea.submission or idea.attempt
    if what is None or idea.group is None:
        return None
    words = _("an entry to %(task)s") if idea.submission else _("a try at %(task)s")
    place = reverse("group", args=[idea.cycle.key, idea.group.key])
    return {"words": words % {"task": what.challenge.name}, "url": f"{place}#round-{what.challenge.round.key}"}


GRADES: Final[dict[str, Any]] = {
    "C": gettext_lazy("tested elsewhere"),
    "B": gettext_lazy("proven elsewhere"),
    "A": gettext_lazy("broadly proven"),
}
"""Evidence, raised by recorded tests elsewhere and by nothing else."""


def cards(ideas: Iterable[Idea], counts: Mapping[int, int]) -> list[dict[str, Any]]:
    """Ideas as they stand in the feed."""
    return [
        {
            "idea": one,
            "url": idea_url(one),
            "kind": KINDS[one.kind],
            "whose": whose(one),
            "told": told_words(one),
            "thin": one.complete < WHOLE_FROM and not (one.submission_id or one.attempt_id),
            "grade": GRADES.get(one.grade, ""),
            "count": counts.get(one.pk, 0),
            "tags": sorted(tag.word for tag in one.tags.all()),
        }
        for one in ideas
    ]


def told_words(idea: Idea) -> str:
    """How much of the story is told."""
    if idea.submission_id or idea.attempt_id:
        return _("an entry")
    if idea.complete < WHOLE_FROM:
        return _("summary only")
    return _("%(count)d of 6 parts told") % {"count": idea.complete}
