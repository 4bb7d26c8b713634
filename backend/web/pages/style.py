"""The living page of the visual language: its components with what is in the database, as anybody sees it.

What is only a form of writing (colours, type, controls, fields, messages) stands for itself. At most eight statements.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Final

from django import forms
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import now
from django.views.decorators.http import require_safe

from backend.web import shapes
from backend.web.board_shapes import Seen, board_shape
from backend.web.chart_shapes import bump_shape, by_version, lines_shape
from backend.web.contest_shapes import contest_words
from backend.web.geometry.qr import qr_code
from backend.web.pages.boards.seeing import Place, may_tell
from backend.web.pages.cycle import crumbs_of, tabs
from backend.web.pages.overview import cycle_facts, measured_values
from backend.web.pages.winners import grants_shown
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.rules import GroupState
from games.learning.models import Observation
from games.permissions import Access, visible
from games.playbooks.schema import Design
from games.results.queries import Shown
from games.results.queries.contest import tasks_tried, ways_of
from games.results.queries.history import places_in
from games.results.queries.pages import Asked, BoardPage, board_page
from games.rounds.models import Round
from games.rounds.queries import with_state
from games.submissions.models import Version
from games.submissions.queries import rules_of
from games.submissions.rules import diff_answers
from leaderboards.engine.numbers import text
from leaderboards.engine.spec import BoardSpec
from leaderboards.engine.words import board_rules
from leaderboards.engine.words.boards import find_board
from leaderboards.models import Board, Snapshot
from leaderboards.queries import PUBLIC

CYCLES: Final = 6
VERSIONS: Final = 8
ROWS: Final = 12
LINES: Final = 6
ENTRIES: Final = 40
SWATCHES: Final = (
    "paper",
    "sheet",
    "sunken",
    "ink",
    "ink-soft",
    "line",
    "accent",
    "accent-wash",
    "red",
    "green",
    "amber",
    "gold",
)
FAULTS: Final = ("Team name: expected at most 60 characters.", "Mark for clarity: expected 0 to 10.")


class StyleForm(forms.Form):
    """One field of each kind, for the style page."""

    name = forms.CharField(label="Team name", max_length=60, help_text="As it shall stand on the board.")
    track = forms.ChoiceField(label="Division", choices=[("open", "Open"), ("school", "School"), ("alumni", "Alumni")])
    score = forms.DecimalField(label="Mark for clarity", min_value=0, max_value=10, help_text="0 to 10, steps of 0.5.")
    story = forms.CharField(label="What we changed and why", widget=forms.Textarea, required=False)
    kind = forms.ChoiceField(label="We come as", choices=[("team", "a team"), ("solo", "alone")], widget=forms.RadioSelect)
    attachment = forms.FileField(label="Attachment", required=False, help_text="PDF, up to 10 MB.")
    agree = forms.BooleanField(label="We accept the rules, version 2")


class FilesForm(forms.Form):
    """A file that is there, and one that is still wanted."""

    plan = forms.FileField(label="A plan", help_text="PDF, up to 10 MB.")
    photo = forms.FileField(label="A photograph", required=False, help_text="PNG or JPEG, up to 5 MB.")


def _files() -> FilesForm:
    form = FilesForm(auto_id="files_%s")
    form.fields["plan"].upload = {"pk": 7, "name": "plan-v3.pdf", "size": 1_482_190}  # type: ignore[attr-defined]
    form.fields["plan"].upload_url = "#files"  # type: ignore[attr-defined]
    return form


@dataclass(slots=True)
class Living:
    """One public cycle: its rules, its rounds, the published states of its first board, the newest first."""

    access: Access
    cycle: Cycle
    design: Design
    rounds: list[Round]
    versions: list[Snapshot] = field(default_factory=list)

    @property
    def board(self) -> Board | None:
        """The board that is shown; None where nothing is published."""
        return self.versions[0].board if self.versions else None


@require_safe
def style(request: HttpRequest) -> HttpResponse:
    """Every component; `cycle` chooses whose data they show."""
    asked = StyleForm({"name": "Blue Herons", "score": "11", "track": "open"}) if request.GET.get("faults") else StyleForm()
    anyone = Access(now=now())
    cycles = list(_cycles(anyone)[:CYCLES])
    chosen = next((one for one in cycles if one.key == request.GET.get("cycle")), cycles[0] if cycles else None)
    rounds: dict[int, list[Round]] = {}
    for one in with_state(Round.objects.filter(cycle__in=cycles), anyone.now).order_by("number") if cycles else ():
        rounds.setdefault(one.cycle_id, []).append(one)
    cards = [_card(one, rounds.get(one.pk, [])) for one in cycles]
    here = request.build_absolute_uri(reverse("style"))
    context = {
        "now": anyone.now,
        "form": asked,
        "files": _files(),
        "faults": FAULTS,
        "swatches": SWATCHES,
        "signs": contest_words(),
        "states": [(one["state"], one["label"]) for one in _badges()],
        "code": qr_code(here),
        "cycles": cards,
        "columns": [{"label": "Cycle"}, {"label": "Groups", "number": True}, {"label": "Rounds", "number": True}],
        "rows": [{"cells": [one["title"], one["groups"], one["all"]], "url": one["url"]} for one in cards],
        "choices": [
            {"label": one.name, "url": f"?cycle={one.key}#living", "current": chosen is not None and one.pk == chosen.pk}
            for one in cycles
        ],
    }
    if chosen is not None:
        context |= _living(Living(anyone, chosen, design_of(chosen), rounds.get(chosen.pk, [])))
    return render(request, "web/style.html", context)


def _cycles(access: Access) -> QuerySet[Cycle]:
    """Public cycles, those with a published board first, then the newest."""
    out = _published(access).filter(board__scope=OuterRef("pk"))
    listed = Cycle.objects.filter(rehearsal=False).select_related("series", "organization")
    taking_part = Count("groups", filter=Q(groups__state=GroupState.ACTIVE.value), distinct=True)
    rows = visible(access, "cycle.view", listed).annotate(group_count=taking_part, shows=Exists(out))
    measured = Observation.objects.filter(cycle=OuterRef("pk"))
    return rows.annotate(has_measured=Exists(measured)).order_by("-shows", "-starts_at", "-pk")


def _published(access: Access) -> QuerySet[Snapshot]:
    boards = visible(access, "board.view", Board.objects.all())
    return visible(access, "snapshot.view", Snapshot.objects.filter(board__in=boards, audience=PUBLIC))


def _badges() -> list[dict[str, Any]]:
    """Each shape once, with a word that it goes with."""
    found = [shapes.badge(one) for one in (*shapes.CYCLE_BADGES.values(), *shapes.ROUND_BADGES.values(), shapes.PUBLISHED)]
    return list({one["state"]: one for one in found}.values())


def _card(cycle: Any, rounds: Sequence[Round]) -> dict[str, Any]:
    return shapes.cycle_card(cycle, groups=cycle.group_count, rounds=rounds) | {
        "groups": cycle.group_count,
        "rounds": sum(1 for one in rounds if one.published_at),
        "all": len(rounds),
    }


def _living(found: Living) -> dict[str, Any]:
    """What the cycle gives to the components; what it has nothing for stays away."""
    access, cycle, design = found.access, found.cycle, found.design
    seen = _published(access).filter(board__scope=cycle.pk).select_related("board").defer("rows")
    states = list(seen.order_by("board__number", "-number")[:VERSIONS])
    found.versions = [one for one in states if one.board_id == states[0].board_id]
    measured = measured_values(access, cycle) if design.aim.measure and cycle.has_measured else []  # type: ignore[attr-defined]  # annotated
    deadline = shapes.next_deadline(found.rounds, access.now)
    return {
        "cycle": cycle,
        "card": _card(cycle, found.rounds),
        "crumbs": crumbs_of(cycle, "Style"),
        "tabs": tabs(cycle, "cycle", main=found.board, access=access),
        "stops": shapes.stops(cycle, found.rounds),
        "deadline": {"round": deadline[0], "at": deadline[1], "label": deadline[2]} if deadline else None,
        "meter": shapes.aim_meter(design, measured[0] if measured else None),
        "aim_by": shapes.moment(design.aim.date),
        "facts": cycle_facts(cycle, design),
        "awards": shapes.awards(cycle, design, grants_shown(access, cycle)) if design.awards else [],
        "criteria": _criteria(found),
        "diff": _changes(found) if any(one.form for one in design.challenges) else [],
    } | (_board(found, found.board) if found.board is not None else {})


def _board(found: Living, board: Board) -> dict[str, Any]:
    """The board as it was published last, its rules, and how it came about."""
    last = found.versions[0]
    shown = Shown(board, "published", snapshot=last)
    design = design_of(found.cycle, last.design_number)
    spec = find_board(design, board.key) or BoardSpec(key=board.key)
    whole = board_page(shown, Asked())
    part = BoardPage(whole.rows[:ROWS], whole.bracket, whole.brackets, 1, 1, min(whole.total, ROWS))
    shape = board_shape(Seen(found.cycle, design, spec, shown, part, rounds=found.rounds))
    names = {row["group"]: row["name"] for row in whole.rows}
    lines = _lines(found, shown, design, spec, part)
    return {
        "board": shape | {"url": "", "socket": "", "still": True},
        "more": max(0, whole.total - ROWS),
        "board_url": reverse("board", args=[found.cycle.key, board.key]),
        "rules": board_rules(design, board.key),
        "version": last,
        "versions": found.versions,
        "bump": None if lines else _places(found, part.bracket, names),
        "lines": lines,
    }


def _places(found: Living, bracket: str, names: dict[str, str]) -> dict[str, Any] | None:
    """Places after each publication, the oldest on the left."""
    ordered = found.versions[::-1]
    if len(ordered) < 2:  # noqa: PLR2004 a line has two ends
        return None
    places = places_in(ordered)
    known = {key: held.name for one in places for key, held in one.items()} | names
    columns = by_version([f"{one.number} · {date_format(one.published_at, 'j M')}" for one in ordered], places, bracket)
    return bump_shape(columns, known, chosen="", title="Places after each publication")


def _lines(found: Living, shown: Shown, design: Design, spec: BoardSpec, part: BoardPage) -> dict[str, Any] | None:
    """How the score of the first few grew in a contest that is over, where that may be told."""
    place = Place(found.cycle, shown.board, [shown.board], shown, found.access, ())
    if not tasks_tried(design, spec) or not may_tell(place, design, spec, found.rounds):
        return None
    rows = [row for row in part.rows if row["place"] and not row["line"]][:LINES]
    ways = ways_of(found.cycle, design, spec, [row["group"] for row in rows], frozen=False)
    last = max((way[-1][0] for way in ways.values() if way), default=0)
    return lines_shape(ways, rows, chosen="", low=False, until=last) if any(len(way) > 1 for way in ways.values()) else None


def _criteria(found: Living) -> list[dict[str, Any]]:
    """What judges are asked in a round that has begun, as their sheet asks it."""
    begun = {one.key for one in found.rounds if one.state != "planned"}
    tasks = [one for one in found.design.challenges if any(one.in_round(key) for key in begun) and one.marked_criteria]
    return [
        {
            "key": one.key,
            "name": one.title,
            "values": "",
            "says": getattr(one, "summary", ""),
            "least": "" if one.min is None else text(one.min),
            "most": "" if one.max is None else text(one.max),
            "step": "" if one.step is None else text(one.step),
        }
        for one in (tasks[0].marked_criteria if tasks else ())
    ]


def _changes(found: Living) -> list[dict[str, Any]]:
    """What changed between two versions of a published entry, if there is one that anybody may read."""
    rows = visible(found.access, "version.view", Version.objects.filter(submission__challenge__round__cycle=found.cycle))
    rows = rows.select_related("submission__challenge__round__cycle").order_by("submission_id", "-number")
    read = list(rows[:ENTRIES])
    pair = next(((one, two) for two, one in pairwise(read) if one.submission_id == two.submission_id), None)
    if pair is None:
        return []
    before, after = pair
    form = [one for one in rules_of(after.submission.challenge)[1].form if one.blind == "shown"]
    names = {one.key: one.title for one in form if one.type.value == "text"}
    changes = diff_answers(list(names), _told(before, names), _told(after, names))
    return [
        {"name": names[one.key], "changed": True, "pieces": one.pieces, "added": one.added, "removed": one.removed}
        for one in changes
        if one.changed
    ]


def _told(version: Version, names: dict[str, str]) -> dict[str, Any]:
    return {key: value for key, value in version.data.items() if key in names}
