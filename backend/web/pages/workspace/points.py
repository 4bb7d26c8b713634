"""Points as they came, each with the rule that gave it, in words; badges and awards that are ours."""

from typing import Any, Final

from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from backend.accounts.pages.gate import signed_in
from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.pages.credit import because
from backend.web.pages.entering.shared import number_in
from backend.web.pages.workspace.frame import framed, team_seen
from games.cycles.queries import design_of
from games.groups.models import Group
from games.journal.models import JournalEntry
from games.permissions import Access, visible
from games.playbooks.schema import CREDIT, Design, PointRule
from games.playbooks.schema.earning import EARNS
from games.recognition.models import Grant
from games.recognition.queries import badges_of, shown_points, shown_totals
from games.recognition.queries.credit import flows_on
from games.recognition.rules import level_of
from games.recognition.rules.game import game_of
from games.recognition.rules.words import rule_words

PAGE: Final = 30
ACTS: Final = {
    "submission.received": gettext_lazy("an entry handed in"),
    "submission.withdrawn": gettext_lazy("an entry taken back"),
    "submission.disqualified": gettext_lazy("an entry disqualified"),
    "attempt.judged": gettext_lazy("a try"),
    "sheet.finalized": gettext_lazy("a sheet marked"),
    "sheet.reopened": gettext_lazy("a sheet opened again"),
    "vote.cast": gettext_lazy("a comparison made"),
    "member.joined": gettext_lazy("somebody joined"),
    "test.acted": gettext_lazy("a test of change finished"),
    "idea.shared": gettext_lazy("an idea shared"),
    "idea.taken_up": gettext_lazy("an idea that others took up"),
    "answer.accepted": gettext_lazy("an answer that was accepted"),
    "post.helped": gettext_lazy("an answer that helped another team"),
    "help.withdrawn": gettext_lazy("an answer that did not help after all"),
    "barrier.solved": gettext_lazy("a barrier that was solved"),
    "barrier.reopened": gettext_lazy("a barrier that is open again"),
    "group.registered": gettext_lazy("the team registered"),
    "group.settled": gettext_lazy("the registration was answered"),
    "group.advanced": gettext_lazy("the team went on"),
}


@never_cache
@signed_in
@require_safe
def points_page(request: HttpRequest, cycle: str, group: str) -> HttpResponse:
    """The ledger of the team, the newest first, in pages."""
    found = team_seen(request, cycle, group)
    access, design = access_of(request), design_of(found.cycle)
    page = max(number_in(request.GET, "page"), 1)
    rows = list(_ledger(access, found)[(page - 1) * PAGE : page * PAGE + 1])
    total = visible(access, "points_total.view", shown_totals().filter(cycle=found.cycle, group=found)).first()
    amount = total.amount if total else 0
    why = because(access, rows[:PAGE]) if flows_on(design) else {}
    context = framed(request, found, "team-points", _("Points and awards") if design.rules else _("Awards")) | {
        "rules": [_rule(one, design) for one in design.rules if design.recognition.points],
        "total": amount,
        "level": _level(amount) if game_of(design).levels else None,
        "feed": [_line(one, design, why.get(one.pk)) for one in rows[:PAGE]],
        "credited": flows_on(design),
        "page": page,
        "previous": f"?page={page - 1}" if page > 1 else "",
        "next": f"?page={page + 1}" if len(rows) > PAGE else "",
        "badges": badges_of(found.cycle, group=found.pk) if game_of(design).badges else [],
        "waiting": _waiting(design, amount),
        "grants": _grants(access, found),
    }
    return render(request, "workspace/points.html", context)


def _ledger(access: Access, group: Group) -> Any:
    """Our points with the act that earned each: the payload names round and task."""
    act = JournalEntry.objects.filter(seal=OuterRef("seal"))
    rows = visible(access, "points.view", shown_points().filter(cycle=group.cycle, group=group))
    told = {"act": Subquery(act.values("kind")[:1]), "payload": Subquery(act.values("payload")[:1])}
    return rows.annotate(**told).order_by("-seal", "-pk")


def _line(row: Any, design: Design, why: dict[str, Any] | None) -> dict[str, Any]:
    credited = row.rule.endswith(CREDIT)
    rule = next((one for one in design.rules if one.key == row.rule.removesuffix(CREDIT)), None)
    name = rule.title if rule else row.rule
    payload = row.payload or {}
    task = design.challenge(str(payload.get("round", "")), str(payload.get("challenge", "")))
    round_ = design.round(str(payload.get("round", "")))
    where = [one.title if hasattr(one, "title") else one.name for one in (task, round_) if one is not None]
    return {
        "amount": row.amount,
        "taken": row.amount < 0,
        "rule": _("Credit: %(rule)s") % {"rule": name} if credited else name,
        "says": rule.summary if rule and not credited else "",
        "why": why,
        "act": str(ACTS.get(row.act, "")) or (EARNS[row.act].words if row.act in EARNS else ""),
        "where": ", ".join(one for one in where if one),
        "at": row.at,
        "seal": row.seal,
    }


def _rule(rule: PointRule, design: Design) -> dict[str, Any]:
    """A rule in words: what it gives, for what, and up to where."""
    told = rule_words(rule, design)
    return {"name": told.title, "points": rule.points, "says": rule.summary, "act": told.act, "limits": "; ".join(told.limits)}


def _level(amount: int) -> dict[str, Any]:
    """The level, and how far it is to the next. Level n begins at 100 n (n - 1) / 2 points."""
    level = level_of(amount)
    begins, ends = 50 * level * (level - 1), 50 * (level + 1) * level
    return {"now": level, "left": max(ends - amount, 0), "done": max(amount - begins, 0), "of": ends - begins}


def _waiting(design: Design, amount: int) -> list[dict[str, Any]]:
    """Badges for points that are still to be reached."""
    return [
        {"name": one.name or one.key, "left": one.points - amount}
        for one in game_of(design).badges
        if one.points is not None and one.points > amount and not one.surprise
    ]


def _grants(access: Access, group: Group) -> list[dict[str, Any]]:
    rows = visible(access, "grant.view", Grant.objects.filter(cycle=group.cycle, group=group)).order_by("award", "pk")
    return [
        {
            "title": one.name,
            "under": shapes.money(one.amount_cents, one.currency),
            "place": one.place,
            "state": one.state,
            "reason": one.reason,
        }
        for one in rows
    ]
