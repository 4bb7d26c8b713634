"""How sure the marks make us: places with their intervals, the raw mean beside the adjusted score, judges' severities; in words."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, Final

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from backend.api.permissions import access_of
from backend.web import shapes
from backend.web.agreement_words import alpha_words, round_words
from backend.web.geometry.intervals import offset_bar, place_bar, reach_of
from backend.web.pages.comparisons import pairs_part
from backend.web.pages.cycle import crumbs_of, cycle_seen
from backend.web.pages.rounds import SURE, analyses_seen, panel_titles, round_seen
from games.challenges.models import Challenge
from games.groups.models import Group
from games.judging.queries.others import Who, judges_of
from games.judging.queries.room import panels_led
from games.permissions import visible
from games.playbooks.rules import Capability, Visibility
from games.results.models import PanelAnalysis
from games.results.queries.agreement import agreement_in
from games.results.queries.analysis import Analysis, EntryAnalysis, JudgeAnalysis, read_analysis
from games.results.queries.facts import judge_keys
from games.results.queries.pairs import read_pairs
from games.rounds.models import Round
from games.submissions.queries import rules_of
from games.submissions.queries.seeing import is_blind, label_for
from leaderboards.engine.numbers import fixed

SHOWN: Final = 200  # entries on one page; a file has them all
DECIMALS: Final = 2
OPEN_MARKS: Final = frozenset({Visibility.FULL.value, Visibility.FORKABLE.value})
FLAGS: Final = {
    "few": gettext_lazy("few sheets: little can be said"),
    "severe": gettext_lazy("marks lower than the others"),
    "lenient": gettext_lazy("marks higher than the others"),
    "unpredictable": gettext_lazy("differs from the others in no steady way"),
    "predictable": gettext_lazy("agrees more than chance would have it"),
    "constant": gettext_lazy("gives everybody the same"),
    "central": gettext_lazy("uses little of the scale"),
    "halo": gettext_lazy("marks all criteria alike"),
}


@require_safe
def certainty_page(request: HttpRequest, cycle: str, key: str, challenge: str) -> HttpResponse:
    """Panel by panel: who sees the scores of a round may see how sure they are. Judges one by one where their marks are open."""
    found = cycle_seen(request, cycle)
    round_, access = round_seen(request, found, key), access_of(request)
    task = visible(access, "challenge.view", Challenge.objects.filter(round=round_, key=challenge)).first()
    if task is None or task.format not in SURE:
        raise Http404
    task.round = round_
    whole = analyses_seen(access, round_)
    rows = [one for one in whole if one.challenge_id == task.pk]
    inside = access.reads(found.pk) or bool(rows and round_.published_at is None)
    kept = [one for one in rows if _told(one, task, inside=inside)]
    if not kept:
        raise Http404
    leads = panels_led(task, access.persons) if found.pk in access.cycles_with(Capability.JUDGE) else set[str]()
    open_ = inside or round_.visibility in OPEN_MARKS
    view = View(
        round_,
        _names(round_, inside=access.reads(found.pk), own=access.groups_with()),
        {key: pk for pk, key in judge_keys(found).items()},
        who=judges_of(task, {one.panel for one in kept if open_ or one.panel in leads}, named=access.reads(found.pk)),
        inside=inside,
        leads=leads,
    )
    context = {
        "cycle": found,
        "round": round_,
        "challenge": task,
        "crumbs": crumbs_of(
            found,
            (round_.name, reverse("round", args=[found.key, round_.key])),
            (task.name, reverse("challenge", args=[found.key, round_.key, task.key])),
            _("How sure"),
        ),
        "panels": [_part(one, task, view) for one in kept],
        "pairs": task.format == "pairwise",
        "whole": round_words(agreement_in(whole, public=not inside), panel_titles(found, round_)),
        "open": round_.published_at is None,
    }
    return render(request, "cycles/certainty.html", context)


def _told(row: PanelAnalysis, task: Challenge, *, inside: bool) -> bool:
    """Whether there is something to tell: a task that turned from marks to pairs still has what was said of its marks."""
    body = row.body if inside else row.shown
    return bool(body) and ("pairs" in body) is (task.format == "pairwise")


@dataclass(frozen=True, slots=True)
class View:
    """What one person may read: names of entries, judges one by one (`who`, by panel, where they may), what stands out (`inside`).

    `leads`: panels that the person chairs, whose judges they always see one by one.
    """

    round: Round
    names: Mapping[str, tuple[str, str]]
    people: Mapping[str, int]
    who: Mapping[str, Mapping[int, Who]]
    inside: bool
    leads: Collection[str] = ()

    def tells(self, panel: str) -> bool:
        """Whether what stands out in the judges' marks is told: inside, and to the chair of the panel at any time."""
        return self.inside or panel in self.leads


def _names(round_: Round, *, inside: bool, own: Collection[int]) -> dict[str, tuple[str, str]]:
    """Key of a group → (name, key for its page); who keeps its name to itself has none, unless one is inside, or of it. One statement.

    In a blind round the chair sees what judges see: numbers.
    """
    groups = Group.objects.filter(cycle=round_.cycle_id).order_by("pk")
    if is_blind(round_) and not inside:
        return {one.key: (label_for(round_, number), "") for number, one in enumerate(groups, 1)}
    found = {}
    for one in groups:
        hidden = one.rank_hidden and not inside and one.pk not in own
        found[one.key] = (shapes.unnamed_group(one).name, "") if hidden else (one.name, one.key)
    return found


def _part(row: PanelAnalysis, task: Challenge, view: View) -> dict[str, Any]:
    """A panel that marks, or one that compares."""
    pairs = read_pairs(row, public=not view.inside)
    if pairs is None:
        return _panel(read_analysis(row, public=not view.inside), task, view)
    title, who = _panel_name(task, row.panel), view.who.get(row.panel)
    names, told = view.names, view.tells(row.panel)
    return pairs_part(pairs, lambda key: names.get(key, (key, "")), view.people, who, title=title, told=told)


def _panel(found: Analysis, task: Challenge, view: View) -> dict[str, Any]:
    entries = sorted(found.entries, key=lambda one: (one.place, one.group))
    judges = sorted((one for one in found.judges if one.judge in view.people), key=lambda one: -one.offset)
    reach = reach_of([(one.offset, 2 * (one.error or Fraction(0))) for one in judges])
    who = view.who.get(found.panel)
    known = sorted({number for one in entries[:1] for number in one.top if number < len(entries)})
    tops = sorted({*known[:2], *known[-1:]})  # who wins, the podium, and the widest: usually who goes on
    return {
        "title": _panel_name(task, found.panel),
        "says": _says(found),
        "agreement": _agreement(found),
        "warnings": found.warnings,
        "entries": [_entry(one, view, tops, of=len(entries)) for one in entries[:SHOWN]],
        "more": max(0, len(entries) - SHOWN),
        "judges": [judge_bar(one, who.get(view.people[one.judge]), reach, told=view.tells(found.panel)) for one in judges]
        if who is not None
        else [],
        "tops": tops,
        "applied": found.applied,
    }


def _panel_name(task: Challenge, panel: str) -> str:
    spec = rules_of(task)[1]
    return next((one.title for one in spec.judges_panels if one.key == panel), panel)


def _says(found: Analysis) -> str:
    """What was done with the judges' severities, in one sentence."""
    if found.applied:
        return _("Some judges mark higher than others: the result takes that off, as the rules of this round say.")
    if found.why:
        return _("The result is the judges' mean. What their severity would change cannot be told well: %(why)s") % {
            "why": found.why
        }
    return _(
        "The result is as the rules say. The adjusted score beside it shows what taking off the judges' severities would give."
    )


def _agreement(found: Analysis) -> dict[str, str] | None:
    """Krippendorff's alpha in words."""
    if found.alpha is None:
        return None
    reliability = "" if found.reliability is None else fixed(found.reliability, DECIMALS)
    return {"alpha": fixed(found.alpha, DECIMALS), "words": alpha_words(found.alpha), "reliability": reliability}


def _entry(one: EntryAnalysis, view: View, tops: Sequence[int], *, of: int) -> dict[str, Any]:
    name, key = view.names.get(one.group, (one.group, ""))
    return {
        "name": name,
        "key": key,
        "place": one.place,
        "place_raw": one.place_raw,
        "moved": one.moved,
        "raw": fixed(one.raw, DECIMALS),
        "adjusted": fixed(one.adjusted, DECIMALS),
        "error": "" if one.error is None else fixed(one.error, DECIMALS),
        "low": one.low,
        "high": one.high,
        "sheets": one.sheets,
        "tied": len(one.tied_with),
        "tops": [f"{round(100 * one.top.get(number, Fraction(0)))} %" for number in tops],
        "bar": place_bar(one.place, one.low, one.high, of=of),
    }


def signed(value: Fraction) -> str:
    """A number with its sign; what rounds to nothing has none."""
    text = fixed(value, DECIMALS)
    return f"+{text}" if value > 0 and text.strip("0.") else text.removeprefix("-") if not text.strip("-0.") else text


def judge_bar(one: JudgeAnalysis, who: Who | None, reach: Fraction, *, told: bool) -> dict[str, Any]:
    """A judge's line; `told`: with what else stands out in their marks, which is for the chair, the organizers and themselves."""
    half = 2 * (one.error or Fraction(0))
    return {
        "who": who,
        "sheets": one.sheets,
        "offset": signed(one.offset),
        "error": "" if one.error is None else fixed(one.error, DECIMALS),
        "bar": offset_bar(one.offset, half, reach=reach),
        "flags": [FLAGS[flag] for flag in one.flags if flag in FLAGS] if told else [],
    }
