"""What each role will see, made from the draft with the same templates and shapes as the real pages."""

from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.accounts.pages.team_forms import RegisterForm
from backend.web import shapes
from backend.web.answers import EntryForm
from backend.web.board_shapes import columns_of
from backend.web.explained import rubric
from backend.web.learning_words import learning_rules
from backend.web.pages.launching.place import Place, linked, page, place_at
from backend.web.pages.marking.criteria import shape
from games.challenges.text import rendered
from games.cycles.models import Cycle
from games.cycles.rules import CycleState
from games.judging.rules import criteria_of
from games.judging.rules.voting import audience_panels
from games.learning.queries import latest_of
from games.playbooks.schema import ChallengeDesign, Design
from games.progression import inventing
from games.rounds.models import Round
from leaderboards.engine.spec import BoardSpec, Panel, expand_boards
from leaderboards.engine.words import scoring_rules

SAMPLE_ROWS: Final = 3


@never_cache
@signed_in
@require_safe
def preview(request: HttpRequest, pk: int) -> HttpResponse:
    """Visitor, team, judge, organizer: what they will see."""
    place = place_at(request, pk)
    design = place.written.design
    context: dict[str, Any] = {"broken": linked(place, place.written.problems) if design is None else []}
    if design is not None:
        context |= shown(place, design)
    return page(request, "launch/preview.html", place, "preview", context)


def shown(place: Place, design: Design) -> dict[str, Any]:
    """Everything the preview needs, from the rules alone."""
    cycle = _as_launched(place, design)
    measured = latest_of([place.cycle]).get(place.cycle.pk) if place.amends else None
    tasks = [_task(design, one, number) for number, one in enumerate(design.challenges)]
    return {
        "design": design,
        "visitor": {
            "badge": shapes.cycle_badge(cycle),
            "name": design.cycle.title,
            "summary": design.cycle.summary,
            "stops": [one | {"url": "", "now": False} for one in shapes.stops(cycle, _rounds(cycle, design))],
            "meter": shapes.aim_meter(design, measured),
            "measured": measured,
            "aim_by": shapes.moment(design.aim.date),
            "awards": shapes.awards(cycle, design, []),
            "rules": {**scoring_rules(design), _("Learning from each other"): learning_rules(design)},
        },
        "register": RegisterForm(rules=design.registration, prefix="register"),
        "terms": rendered(design.registration.terms.text) if design.registration.terms else "",
        "tasks": [one for one in tasks if one["form"]],
        "sheets": [sheet for one in tasks for sheet in one["sheets"] if not sheet["peers"]],
        "peers": [sheet for one in tasks for sheet in one["sheets"] if sheet["peers"]],
        "votes": [vote for one in tasks for vote in one["votes"]],
        "boards": [_board(design, one, number) for number, one in enumerate(expand_boards(design))],
        "roles": design.roles,
    }


def _as_launched(place: Place, design: Design) -> Cycle:
    """The cycle as it would stand after the launch; never saved."""
    state = CycleState.ENROLLING.value if not place.amends else place.cycle.state
    return Cycle(key=place.cycle.key, name=design.cycle.title, summary=design.cycle.summary, state=state)


def _rounds(cycle: Cycle, design: Design) -> list[Round]:
    found = []
    for number, one in enumerate(design.rounds, 1):
        row = Round(cycle=cycle, key=one.key, number=number, name=one.title, opens_at=one.opens, closes_at=one.closes)
        row.state, row.ends_at = "planned", one.closes
        found.append(row)
    return found


def _task(design: Design, spec: ChallengeDesign, number: int) -> dict[str, Any]:
    """A task with its entry form, the sheet of each panel that marks it, and the votes of an audience on it."""
    rounds = [one.title for one in design.rounds if spec.in_round(one.key)]
    judged = spec.format.value in {"rubric", "ranking"}
    form = EntryForm(spec, prefix=f"task-{number}") if spec.form else None
    return {
        "title": spec.title,
        "rounds": rounds,
        "brief": rendered(spec.brief) if spec.brief else "",
        "rubric": rubric(spec) if judged else [],
        "form": form,
        "sheets": [_sheet(spec, one, number) for one in spec.judges_panels if judged and one.who != "audience"],
        "votes": [{"task": spec.title, "panel": one.title, "ballots": one.ballots} for one in audience_panels(spec)],
    }


def _sheet(spec: ChallengeDesign, panel: Panel, number: int) -> dict[str, Any]:
    """The sheet of a panel. `peers`: teams fill it in about other teams."""
    criteria = [shape(spec, one, {}, {}) for one in criteria_of(spec, panel.key)]
    return {
        "title": f"{spec.title} · {panel.title}",
        "peers": panel.who == "peers",
        "criteria": [one | {"key": f"{number}-{panel.key}-{one['key']}"} for one in criteria],
    }


def _board(design: Design, spec: BoardSpec, number: int) -> dict[str, Any]:
    """The head of a board and a few invented rows, without numbers: nothing is computed here, the dry run does that."""
    columns, score = columns_of(design, spec, [])
    rows: list[dict[str, Any]] = [
        {
            "group": f"invented-{number}-{place}",
            "line": "",
            "rank": place,
            "place": str(place),
            "name": inventing.team_name(place - 1, design.registration),
            "status": "",
            "pending": 0,
            "movement": None,
            "values": {},
            "score": "",
        }
        for place in range(1, SAMPLE_ROWS + 1)
    ]
    return {
        "pk": -number,
        "key": spec.id,
        "title": spec.title,
        "note": _("Invented rows: the dry run fills them."),
        "version": 0,
        "columns": [one | {"decimals": 0} for one in columns],
        "rows": rows,
        "score_label": score,
        "score_decimals": 0,
        "audience": spec.audience.value,
    }
