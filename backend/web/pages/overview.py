"""A cycle at one glance: what to do next, its aim, news, rounds, the head of its board, awards, entries, who stands behind it."""

from collections.abc import Sequence
from typing import Any, Final

import orjson
from django.core.cache import cache
from django.db.models import Count, Exists, IntegerField, JSONField, OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import seen
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.calendar import calendar_url
from backend.web.pages.cycle import OVER, boards_seen, crumbs_of, tabs
from backend.web.pages.gallery import some_entries
from backend.web.pages.winners import grants_shown, passes_shown
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group, Membership
from games.groups.queries import door_of
from games.groups.rules import GroupState
from games.judging.models import Panelist
from games.learning.models import Observation
from games.learning.queries import observations_of
from games.notices.announcements import announcements_of
from games.notices.announcements import shown as shown_news
from games.permissions import WORK_SHOWN, Access, visible
from games.playbooks.rules import Capability
from games.playbooks.schema import Design
from games.progression.models import Carried
from games.results.models import ExternalResult
from games.results.queries import shown_of, shown_page
from games.retrospectives.models import Retrospective
from games.rounds.models import Round
from games.rounds.queries import rounds_of
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PAGE_ROWS, PUBLIC
from leaderboards.slices import stored_at

TOP: Final = 5
SOME: Final = 3
MEASURED: Final = 60
KEEP: Final = 24 * 3600


def _counted(rows: QuerySet[Any]) -> Coalesce:
    counts = rows.filter(cycle=OuterRef("pk")).order_by().values("cycle")
    return Coalesce(Subquery(counts.annotate(n=Count("pk")).values("n"), output_field=IntegerField()), 0)


def _cycles(access: Access) -> QuerySet[Cycle]:
    """Cycles with what their page says of them in numbers, and the reader's own team there: one statement for all of it."""
    own = Group.objects.filter(pk__in=access.groups_with(), cycle=OuterRef("pk")).order_by("pk")
    people = Membership.objects.filter(until__isnull=True, group__isnull=False, cycle=OuterRef("pk")).order_by().values("cycle")
    return Cycle.objects.select_related("series", "organization").annotate(
        group_count=_counted(Group.objects.filter(state=GroupState.ACTIVE.value)),
        member_count=Coalesce(
            Subquery(people.annotate(n=Count("person", distinct=True)).values("n"), output_field=IntegerField()), 0
        ),
        has_official=Exists(ExternalResult.objects.filter(cycle=OuterRef("pk"))),
        has_measured=Exists(Observation.objects.filter(cycle=OuterRef("pk"))),
        own_key=Subquery(own.values("key")[:1]),
        own_name=Subquery(own.values("name")[:1]),
        looked_back=Exists(Retrospective.objects.filter(cycle=OuterRef("pk"), published_at__isnull=False)),
        brought=Exists(Carried.objects.filter(cycle=OuterRef("pk"))),
    )


@require_safe
def cycle_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Everything about a cycle at one glance, and what to do next."""
    access = access_of(request)
    found = seen(request, "cycle.view", _cycles(access), key=cycle)
    design = design_of(found)
    rounds = list(rounds_of(found, access.now))
    boards = list(_with_last(boards_seen(access, found)))
    behind = _behind(found, design, rounds)
    news = visible(access, "announcement.view", announcements_of(found))
    measured = measured_values(access, found) if design.aim.measure and found.has_measured else []  # type: ignore[attr-defined]  # annotated
    shows_work = any(one.published_at and one.visibility in WORK_SHOWN for one in rounds)
    context = {
        "cycle": found,
        "design": design,
        "badge": shapes.cycle_badge(found),
        "crumbs": crumbs_of(found),
        "tabs": tabs(found, "cycle", main=boards[0] if boards else None, access=access),
        "step": next_step(request, found, rounds, access),
        "now": access.now,
        "news": shown_news(news),
        "stops": shapes.stops(found, rounds),
        "calendar": calendar_url(found, access) if any(one.ends_at or one.opens_at for one in rounds) else "",
        "meter": shapes.aim_meter(design, measured[0] if measured else None),
        "measured": measured,
        "organizes": access.organizes(found.pk),
        "aim_by": shapes.moment(design.aim.date),
        "boards": boards,
        "preview": _preview(boards[0]) if boards else None,
        "awards": shapes.awards(found, design, grants_shown(access, found), passes_shown(access, found, design)),
        "entries": some_entries(access, found, SOME) if shows_work else [],
        "stats": _stats(found, rounds, behind["judges"]),
        "behind": behind["parts"],
        "partners": _partners(design),
        "facts": cycle_facts(found, design),
        "external": found.has_official,  # type: ignore[attr-defined]  # annotated
        "starts": shapes.moment(design.cycle.starts),
        "ends": shapes.moment(design.cycle.ends),
    }
    return render(request, "cycles/cycle.html", context)


def measured_values(access: Access, cycle: Cycle) -> list[Observation]:
    """The values of the aim that stand, the newest day first."""
    rows = visible(access, "observation.view", observations_of(cycle)).filter(replaced_at__isnull=True)
    return list(rows.order_by("-period", "-pk")[:MEASURED])


# --- The head of the board ------------------------------------------------------------------------------------------------------------


def _with_last(boards: QuerySet[Board]) -> QuerySet[Board]:
    """Boards with the id of their last published state."""
    last = Snapshot.objects.filter(board=OuterRef("pk"), audience=PUBLIC).order_by("-number")
    return boards.annotate(last=Subquery(last.values("pk")[:1]))


def _preview(board: Any) -> dict[str, Any] | None:
    """The first rows of the main board as everybody sees them. A published state never changes, so its head is kept."""
    kept = f"board-head:{board.last}"
    rows = cache.get(kept) if board.last else None
    if rows is None:
        if not board.last and not board.live:
            return None
        every = _published(board.last) if board.last else _live(board)
        rows = [row for row in every if row["place"]][:TOP]
        if board.last:
            cache.set(kept, rows, KEEP)
    return {"board": board, "rows": rows, "decimals": shapes.decimals_in(row["score"] for row in rows)} if rows else None


def _published(snapshot: int) -> list[dict[str, Any]]:
    """The first page of what was published, as far as it is shown here."""
    return [row | {"group": row["entry"]} for row in stored_at(snapshot, range(PAGE_ROWS)).values()]


def _live(board: Board) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = orjson.loads(shown_page(shown_of(board, organizes=False))[1])["rows"]
    return rows


# --- Numbers, people, facts -----------------------------------------------------------------------------------------------------------


def _stats(cycle: Any, rounds: Sequence[Round], judges: int) -> list[dict[str, Any]]:
    """A few numbers that matter."""
    over = sum(1 for one in rounds if one.published_at)
    found = [
        (cycle.group_count, _("teams")),
        (cycle.member_count, _("people playing")),
        (judges, _("judges")),
        (_("%(over)d of %(all)d") % {"over": over, "all": len(rounds)}, _("rounds published")),
    ]
    return [{"value": value, "label": label} for value, label in found if value]


def _behind(cycle: Cycle, design: Design, rounds: Sequence[Round]) -> dict[str, Any]:
    """Who stands behind a cycle: organizers, and others with a part in the whole of it, by their role; judges where the rules name them.

    A sponsor whom the partners below name, or a part that they have, is not named here again.
    """
    titles = {role.key: role.name or role.key for role in design.roles}
    partners = {said.casefold() for one in design.brand.partners for said in (one.name, one.part) if said}
    judges: set[int] = set()
    named: set[str] = set()
    house = shapes.organizer(cycle)
    parts: dict[str, list[str]] = {}
    for _number, role, person, can, name, comes_from in sorted(_held(cycle, design, rounds), key=lambda one: (one[1], one[0])):
        if can is None:
            named.add(name)
        elif Capability.JUDGE in can:
            judges.add(person)
        elif Capability.ORGANIZE in can or Capability.FOLLOW in can:
            told, part = name if Capability.ORGANIZE in can else comes_from or name, titles.get(role, role)
            if Capability.ORGANIZE in can or partners.isdisjoint({told.casefold(), part.casefold()}):
                names = parts.setdefault(part, [])
                names += [told] if told not in names else []
    shown = [{"name": role, "value": ", ".join(names)} for role, names in parts.items()]
    if named:
        shown.append({"name": _("Judges"), "value": ", ".join(sorted(named))})
    elif judges:
        words = ngettext("%(count)d person", "%(count)d people", len(judges)) % {"count": len(judges)}
        shown.append({"name": _("Judges"), "value": words})
    return {"judges": len(judges), "parts": [*([{"name": _("Host"), "value": house}] if house else []), *shown]}


def _held(cycle: Cycle, design: Design, rounds: Sequence[Round]) -> QuerySet[Any, tuple[Any, ...]]:
    """(id, role, person, capabilities, name, name of the organization) of who has a part in the whole of a cycle; capabilities are None
    for a judge who is named. One statement.

    Named are judges of the rounds whose rules say that teams see who judged them, once their results are out: until then, and else, nobody is.
    """
    columns = ("pk", "role", "person_id", "capabilities", "person__name", "person__organization__name")
    held = Membership.objects.filter(cycle=cycle, group__isnull=True, until__isnull=True).order_by().values_list(*columns)
    open_ = {one.key for one in design.rounds if one.judges_named}
    told = [one.pk for one in rounds if one.key in open_ and one.published_at]
    if not told:
        return held
    seats: Any = Panelist.objects.filter(challenge__round__in=told).order_by()
    seats = seats.annotate(role=Value(""), capabilities=Value(None, output_field=JSONField()), house=Value(""))
    return held.union(seats.values_list("pk", "role", "person_id", "capabilities", "person__name", "house"), all=True)


def _partners(design: Design) -> list[dict[str, Any]]:
    """Who carries the cycle along, by what they are to it: [{part, partners}]."""
    found: dict[str, list[Any]] = {}
    for one in design.brand.partners:
        found.setdefault(one.part or _("Partners"), []).append(one)
    return [{"part": part, "partners": partners} for part, partners in found.items()]


def cycle_facts(cycle: Cycle, design: Design) -> list[dict[str, Any]]:
    """Where a cycle comes from and under what terms."""
    found: list[dict[str, Any]] = []
    if design.playbook:
        book = {"name": design.playbook.name or design.playbook.key, "version": design.playbook.version}
        found.append({"name": _("Playbook"), "value": _("%(name)s, version %(version)s") % book})
    rules = _("in words, version %(number)d") % {"number": cycle.design_number}
    found.append({"name": _("Rules"), "value": rules, "url": reverse("rules", args=[cycle.key])})
    if design.cycle.timezone:
        found.append({"name": _("Time zone"), "value": design.cycle.timezone})
    if design.cycle.licence:
        found.append({"name": _("Licence of the data"), "value": design.cycle.licence})
    if design.cycle.source:
        found.append({"name": _("Source of the data"), "value": design.cycle.source})
    return found


# --- What to do next ------------------------------------------------------------------------------------------------------------------


def next_step(request: HttpRequest, cycle: Cycle, rounds: list[Round], access: Access) -> dict[str, Any] | None:
    """The one thing to do next here, depending on who looks; nothing for a cycle that is over."""
    if cycle.state in OVER:
        return None
    deadline = shapes.next_deadline(rounds, access.now)
    until = deadline[1] if deadline else None
    if access.organizes(cycle.pk):
        url = reverse("cycle-desk", args=[cycle.key])
        return _step(_("You organize this cycle"), _("Who waits, what is late, what to publish."), url, _("To the desk"), until)
    if Capability.JUDGE in access.cycles.get(cycle.pk, frozenset()):
        return _step(_("You judge here"), _("Your sheets, in the order to mark them."), reverse("queue"), _("To my sheets"), None)
    if cycle.own_key:  # type: ignore[attr-defined]  # annotated
        return _team_step(cycle, deadline, until)
    return _outside_step(request, cycle, access)


def _team_step(cycle: Any, deadline: tuple[Round, Any, str] | None, until: Any) -> dict[str, Any]:
    if deadline and deadline[0].state == "open":
        url = reverse("round", args=[cycle.key, deadline[0].key])
        title = _("%(round)s is open for %(team)s") % {"round": deadline[0].name, "team": cycle.own_name}
        return _step(title, _("The last version handed in counts."), url, _("To the challenges"), until)
    url = reverse("team", args=[cycle.key, cycle.own_key])
    return _step(_("You play in %(team)s") % {"team": cycle.own_name}, "", url, _("To the team"), until)


def _outside_step(request: HttpRequest, cycle: Cycle, access: Access) -> dict[str, Any] | None:
    door = door_of(cycle, access.now)
    if not door.open:
        return None
    url = reverse("register-team", args=[cycle.key])
    if not request.user.is_authenticated:
        url = f"{reverse('sign-in')}?next={url}"
    return _step(_("Take part"), _("Registration is open."), url, _("Register a team"), door.closes)


def _step(title: str, text: str, url: str, action: str, until: Any) -> dict[str, Any]:
    return {"title": title, "text": text, "url": url, "action": action, "until": until}
