"""Correct a rule after judging began: weights, how a panel's marks become one value, what a board counts. Or the amendment being written."""

from copy import deepcopy
from typing import Any, Final

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from backend.accounts.pages.gate import me, signed_in
from backend.web.pages.desk.changes.place import IntoForm, appeal_asked, drafts_of, expect_played, ways
from backend.web.pages.desk.place import desk_page, organized
from games.changes.actions import Wanted
from games.changes.rules import ChangeKind
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.errors import GameError
from games.journal.queries import db_now
from games.playbooks.schema import Design
from games.progression.drafting import begun_rounds
from games.progression.models import Draft
from leaderboards.engine.numbers import parse, text
from leaderboards.engine.spec import Source, board_rounds, expand_boards

METHODS: Final = {
    "mean": gettext_lazy("the mean of the marks"),
    "median": gettext_lazy("the median of the marks"),
    "sum": gettext_lazy("the sum of the marks"),
    "min": gettext_lazy("the lowest mark"),
    "max": gettext_lazy("the highest mark"),
    "severity": gettext_lazy("corrected for how strict each judge is"),
    "severity_clip": gettext_lazy("corrected for how strict each judge is, in bounds"),
}
LONGEST: Final = 40
type Slot = dict[str, Any]


@never_cache
@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def rules_page(request: HttpRequest, cycle: str) -> HttpResponse:
    """Everything that may be corrected, as it is or as it was typed; what differs becomes one change of the rules."""
    found = organized(request, cycle)
    expect_played(found)
    appeal, design = appeal_asked(request, found), design_of(found)
    draft = Draft.objects.filter(cycle=found).first()
    sent = request.POST if request.method == "POST" else {}
    tasks, boards = _tasks(found, design, sent), _boards(found, design, sent)
    form = IntoForm(drafts_of(found), request.POST if request.method == "POST" else None, appeal=appeal)
    if request.method == "POST":
        slots = [one for part in (*tasks, *boards) for one in part["slots"]]
        wanted = _written(request, design, slots, draft)
        if wanted is None and not any(one["errors"] for one in slots):
            form.add_error(None, _("Nothing differs from the rules as they are."))
        if form.is_valid() and wanted is not None:
            try:
                made = form.carry_out(found, [wanted], by=me(request), appeal=appeal)
            except GameError as refusal:
                for said in [one.message for one in refusal.problems] or [refusal.message]:
                    form.add_error(None, said)
            else:
                messages.success(request, _("The correction is prepared. Nothing has moved yet: look at what it would move."))
                return redirect("desk-change-set", found.key, made.number)
    context = {"ways": ways(found, "changes"), "tasks": tasks, "boards": boards, "draft": draft, "appeal": appeal, "form": form}
    status = 422 if request.method == "POST" else 200
    return desk_page(request, "desk/changes_rules.html", found, "publish", context, title=_("Correct a rule"), status=status)


# --- What may be corrected here -------------------------------------------------------------------------------------------------------


def _slot(path: list[Any], label: str, was: str, sent: Any, *, options: Any = None) -> Slot:
    """A place in the rules: its path in their data, what is there, what was typed."""
    name = "-".join(str(step) for step in path)
    typed = str(sent.get(name, was)).strip()[:LONGEST]
    return {"path": path, "name": name, "label": label, "was": was, "typed": typed, "options": options, "errors": []}


def _tasks(cycle: Cycle, design: Design, sent: Any) -> list[dict[str, Any]]:
    """Tasks of rounds that have begun: criteria with their weights, panels with their methods."""
    begun = begun_rounds(cycle, db_now())
    found = []
    for at, task in enumerate(design.challenges):
        rounds = [one for one in design.rounds if one.key in begun and task.in_round(one.key)]
        if not rounds:
            continue
        slots = [
            _slot(
                ["challenges", at, "criteria", number, "weight"],
                _("Weight of %(name)s") % {"name": one.title},
                text(one.weight),
                sent,
            )
            for number, one in enumerate(task.criteria)
        ]
        options = [{"value": key, "label": label} for key, label in METHODS.items()]
        if task.marked_criteria:
            slots += [
                _slot(
                    ["challenges", at, "panels", number, "combine"],
                    _("The panel %(name)s gives") % {"name": one.title},
                    one.combine.value,
                    sent,
                    options=options,
                )
                for number, one in enumerate(task.judges_panels)
            ]
        if slots:
            found.append({"title": task.title, "rounds": ", ".join(one.title for one in rounds), "slots": slots})
    return found


def _boards(cycle: Cycle, design: Design, sent: Any) -> list[dict[str, Any]]:
    """Boards over several rounds, with the weights of these."""
    begun = begun_rounds(cycle, db_now())
    found = []
    for at, board in enumerate(design.boards):
        if board.each or board.source is not Source.ROUNDS or board.weights is None:
            continue
        rounds = board_rounds(design, board)
        if not any(one.key in begun for one in rounds):
            continue
        slots = [
            _slot(
                ["boards", at, "weights", one.key],
                _("Weight of %(name)s") % {"name": one.title},
                text(board.weights.get(one.key, 1)),  # type: ignore[arg-type]  # a whole number is one too
                sent,
            )
            for one in rounds
        ]
        found.append(
            {
                "title": next((one.title for one in expand_boards(design) if one.id == board.id), board.id),
                "rounds": "",
                "slots": slots,
            }
        )
    return found


# --- What was sent --------------------------------------------------------------------------------------------------------------------


def _written(request: HttpRequest, design: Design, slots: list[Slot], draft: Draft | None) -> Wanted | None:
    """The change of the rules; None if nothing differs, or something is no number."""
    if request.POST.get("do") == "amendment" and draft is not None:
        return Wanted(ChangeKind.RULE, design=draft.data)
    changed = [one for one in slots if not _same(one)]
    if not changed or any(one["errors"] for one in slots):
        return None
    data = deepcopy(design.data())
    for one in changed:
        _put(data, one["path"], one["typed"])
    touched = {one["path"][0] for one in changed}
    return Wanted(ChangeKind.RULE, changes={name: data[name] for name in sorted(touched)})


def _same(one: Slot) -> bool:
    if one["options"] is not None:
        if one["typed"] not in METHODS:
            one["errors"].append(_("Choose one of these."))
        return bool(one["typed"] == one["was"])
    try:
        return parse(one["typed"].replace(",", ".")) == parse(one["was"])
    except ValueError:
        one["errors"].append(_("A number is needed, such as 2 or 0.5."))
        return False


def _put(data: Any, path: list[Any], value: str) -> None:
    """Set a value in the data of the rules; panels that the rules leave to the default are written down for it."""
    *way, last = path
    here = data
    for step in way:
        if isinstance(here, dict) and step not in here:
            here[step] = [{"key": "jury"}] if step == "panels" else {}
        here = here[step]
    here[last] = value.replace(",", ".") if last != "combine" else value
