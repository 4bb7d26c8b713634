"""A round with its challenges and the rules it ran under; a challenge with its brief, its rubric, and what the own group has in it."""

from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.agreement_words import round_words
from backend.web.explained import rubric
from backend.web.pages.cycle import crumbs_of, cycle_seen
from backend.web.pages.entering.trying import standing_in
from backend.web.pages.ideas.helping import how_others
from backend.web.vote_shapes import voting_now
from games.challenges.models import Challenge
from games.challenges.queries import brief_of, spec_of
from games.changes.queries import appeal_window
from games.cycles.models import Cycle
from games.cycles.queries import design_of
from games.groups.models import Group
from games.judging.queries.ballots import votes_in, votes_on
from games.learning.queries import study_after
from games.permissions import Access, visible
from games.playbooks.rules import Visibility
from games.playbooks.schema import ChallengeDesign, RoundDesign, Widening
from games.results.models import PanelAnalysis
from games.results.queries.agreement import agreement_in
from games.rounds.models import Round
from games.rounds.queries import entrants_of, rounds_of
from leaderboards.engine.spec import board_rounds, expand_boards
from leaderboards.engine.words import challenge_rules, round_rules
from leaderboards.models import Board

FORMATS: Final = {
    "rubric": gettext_lazy("Judged by a rubric"),
    "ranking": gettext_lazy("Ranked by judges"),
    "attempts": gettext_lazy("Solved in attempts"),
    "measured": gettext_lazy("Measured"),
    "pairwise": gettext_lazy("Compared in pairs"),
    "automatic": gettext_lazy("Checked automatically"),
}
SURE: Final = frozenset({"rubric", "pairwise"})  # formats that people judge: how sure they make us has a page
SHOWS: Final = {
    Visibility.SEALED: gettext_lazy("Only the team, its judges and organizers see an entry."),
    Visibility.SCORES: gettext_lazy("Once published, everybody sees scores and boards."),
    Visibility.SUMMARIES: gettext_lazy("Once published, everybody sees scores and summaries."),
    Visibility.FULL: gettext_lazy("Once published, everybody sees entries and marks."),
    Visibility.FORKABLE: gettext_lazy("Once published, everybody sees entries and marks, and may build on them."),
}


LATER: Final = {
    Visibility.SCORES: gettext_lazy("Everybody sees scores and boards"),
    Visibility.SUMMARIES: gettext_lazy("Everybody sees scores and summaries"),
    Visibility.FULL: gettext_lazy("Everybody sees entries and marks"),
    Visibility.FORKABLE: gettext_lazy("Everybody may build on the entries"),
}
WHEN: Final = {
    "next_round": gettext_lazy("When the next round opens"),
    "closed": gettext_lazy("When the cycle is closed"),
}


def ladder_row(step: Widening, spec: RoundDesign) -> dict[str, Any]:
    """A step of the ladder as a fact of the round: what is shown, and from when on."""
    begins = spec.study.begins if step.on == "study" and spec.study is not None else step.begins
    return {"name": LATER[step.to], "at": begins, "value": WHEN.get(step.on or "", "")}


def round_seen(request: HttpRequest, cycle: Cycle, key: str) -> Round:
    """The round with its state; 404 if there is none."""
    found = rounds_of(cycle, access_of(request).now).filter(key=key).first()
    if found is None:
        raise Http404
    found.cycle = cycle
    return found


@require_safe
def round_page(request: HttpRequest, cycle: str, key: str) -> HttpResponse:
    """What is to do in a round, until when, and how it is scored."""
    found = cycle_seen(request, cycle)
    round_ = round_seen(request, found, key)
    access, design = access_of(request), design_of(found, round_.design_number)
    spec = design.round(round_.key)
    challenges = visible(access, "challenge.view", Challenge.objects.filter(round=round_)).order_by("number", "pk")
    shown = [_card(found, round_, one) for one in challenges]
    boards = {one.id for one in expand_boards(design) if any(r.key == round_.key for r in board_rounds(design, one))}
    context = {
        "cycle": found,
        "round": round_,
        "crumbs": crumbs_of(found, round_.name),
        "badge": shapes.round_badge(round_),
        "stops": shapes.stops(found, list(rounds_of(found, access.now))),
        "summary": spec.summary if spec else "",
        "facts": _facts(round_, spec) + _agreement(access, found, round_),
        "now": access.now,
        "appeals": _appeals(access, round_),
        "votes": voting_now(votes_in(round_, access.now)),
        "challenges": shown,
        "rules": round_rules(design, round_.key) if shown else [],
        "boards": [
            one
            for one in visible(access, "board.view", Board.objects.filter(scope=found.pk)).order_by("number")
            if one.key in boards
        ],
        "entrants": entrants_of(round_).count() if round_.state != "planned" else None,
    }
    return render(request, "cycles/round.html", context)


def _appeals(access: Access, round_: Round) -> dict[str, Any] | None:
    """Until when teams may appeal about the round, and where the own team does; None while they may not."""
    window = appeal_window(round_)
    if window is None or not window.holds(access.now):
        return None
    own = (
        Group.objects.filter(cycle=round_.cycle_id, pk__in=access.groups_with()).order_by("pk").first() if access.groups else None
    )
    url = reverse("team-appeals", args=[round_.cycle.key, own.key]) if own is not None else ""
    return {"closes": window.closes, "url": url}


def analyses_seen(access: Access, round_: Round) -> list[PanelAnalysis]:
    """The kept analyses of a round's panels that this person may read, with their challenges. One statement."""
    rows = visible(access, "analysis.view", PanelAnalysis.objects.filter(challenge__round=round_)).select_related("challenge")
    return list(rows.order_by("challenge__number", "panel"))


def panel_titles(cycle: Cycle, round_: Round) -> dict[tuple[str, str], str]:
    """(key of a task, key of a panel) → what people read: the task, and the panel where the task has several."""
    found = {}
    for task in design_of(cycle, round_.design_number).challenges:
        panels = task.judges_panels if task.in_round(round_.key) else ()
        for one in panels:
            found[task.key, one.key] = f"{task.name or task.key}, {one.title}" if len(panels) > 1 else task.name or task.key
    return found


def _agreement(access: Access, cycle: Cycle, round_: Round) -> list[dict[str, Any]]:
    """How much the judges agree, to whoever may know how sure that makes us: as it is now for organizers, else as published."""
    now = access.reads(cycle.pk) or round_.published_at is None
    found = agreement_in(analyses_seen(access, round_), public=not now)
    words = round_words(found, panel_titles(cycle, round_))
    return [{"name": _("How much the judges agree"), "value": " ".join(words)}] if words else []


def _card(cycle: Cycle, round_: Round, one: Challenge) -> dict[str, Any]:
    spec = spec_of(one)
    return {
        "title": one.name,
        "url": reverse("challenge", args=[cycle.key, round_.key, one.key]),
        "text": spec.summary or spec.aim,
        "foot": str(FORMATS[one.format]),
    }


def _study(round_: Round) -> list[dict[str, Any]]:
    """When what others made is studied after the round."""
    study = study_after(round_)
    if study is None:
        return []
    return [{"name": _("Study of what others made, from"), "at": study.begins}, {"name": _("Study ends"), "at": study.ends}]


def _facts(round_: Round, spec: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    opens = round_.opened_at or round_.opens_at
    if opens:
        found.append({"name": _("Opens") if round_.state == "planned" else _("Opened"), "at": opens})
    if round_.ends_at:
        closed = round_.state in {"locked", "closed"}
        found.append({"name": _("Entries closed") if closed else _("Entries close"), "at": round_.ends_at})
    if round_.judging_closes_at:
        found.append({"name": _("Judging closes"), "at": round_.judging_closes_at})
    if round_.published_at:
        found.append({"name": _("Results published"), "at": round_.published_at})
    if (window := appeal_window(round_)) is not None:
        found.append({"name": _("Appeals until"), "at": window.closes})
    elif spec is not None and spec.appeal_days:
        text = ngettext(
            "%(count)d day after the results are published", "%(count)d days after the results are published", spec.appeal_days
        )
        found.append({"name": _("Appeals"), "value": text % {"count": spec.appeal_days}})
    if round_.gated and round_.passed_at is None and not round_.closed_at:
        found.append({"name": _("Gate"), "value": _("Opens only after a recorded decision")})
    promised = spec.visibility if spec else round_.visibility
    found.append({"name": _("Who sees what"), "value": SHOWS[Visibility(promised)]})
    found += _study(round_) + [ladder_row(one, spec) for one in (spec.widens if spec is not None else ())]
    if spec is not None and spec.feedback:
        found.append({"name": _("Feedback"), "value": _("Every entrant gets written feedback")})
    if spec is not None and spec.blind:
        found.append({"name": _("Blind"), "value": _("Judges see numbers instead of names until results are published")})
    found.append({"name": _("Rules"), "value": _("version %(number)d") % {"number": round_.design_number}})
    return found


@require_safe
def challenge_page(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """One challenge: what is asked, how it is marked, and for a member of a group what the group has in it."""
    found = cycle_seen(request, cycle)
    round_ = round_seen(request, found, key)
    row = visible(access_of(request), "challenge.view", Challenge.objects.filter(round=round_, key=challenge)).first()
    if row is None:
        raise Http404
    row.round = round_
    design, spec = design_of(found, round_.design_number), spec_of(row)
    context = {
        "cycle": found,
        "round": round_,
        "challenge": row,
        "spec": spec,
        "crumbs": crumbs_of(found, (round_.name, reverse("round", args=[found.key, round_.key])), row.name),
        "badge": shapes.round_badge(round_),
        "format": FORMATS[row.format],
        "brief": brief_of(row),
        "rubric": rubric(spec),
        "rules": challenge_rules(design, spec),
        "asked": _asked(spec),
        "votes": voting_now(votes_on(row, access_of(request).now)),
        "now": access_of(request).now,
        "standing": standing_in(request, row),
        "others": how_others(request, row),
        "analysed": is_analysed(access_of(request), row),
    }
    return render(request, "cycles/challenge.html", context)


def is_analysed(access: Access, row: Challenge) -> bool:
    """Whether there is a page on how sure the marks make us, for this person. One statement, none before others may know."""
    reads = access.reads(row.round.cycle_id)
    if row.format not in SURE or not (reads or row.round.published_at):
        return False
    rows = visible(access, "analysis.view", PanelAnalysis.objects.filter(challenge=row))
    return (rows if reads else rows.exclude(shown={})).exists()


def _asked(spec: ChallengeDesign) -> list[str]:
    """What an entry consists of, in words."""
    found = []
    for field in spec.form:
        kind = {
            "text": _("text"),
            "number": _("a number"),
            "choice": _("a choice"),
            "url": _("an address on the web"),
            "file": _("a file (%(types)s)") % {"types": ", ".join(field.types)} if field.types else _("a file"),
        }[field.type.value]
        found.append(f"{field.title}: {kind}{'' if field.required else ' ' + _('(optional)')}")
    if spec.organizations > 1:
        found.append(_("At least %(count)d organizations behind it: teams hand in together.") % {"count": spec.organizations})
    return found
