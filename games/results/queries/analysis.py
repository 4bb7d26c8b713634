"""The kept analysis of a panel, typed: numbers exact, None where something cannot be told. Who may read what is for the edges to ask."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db.models import QuerySet

from games.challenges.models import Challenge
from games.cycles.models import Cycle
from games.judging.models import Sheet
from games.judging.rules import SheetState
from games.results.models import PanelAnalysis
from games.results.queries.facts import judge_keys
from leaderboards.engine import numbers


@dataclass(frozen=True, slots=True)
class EntryAnalysis:
    """One entry. `raw` is the mean of its sheets, `adjusted` that without the judges' severities, `official` the panel's value in the result.

    `low` to `high` hold 90 % of the draws, `sure` the places that cannot be denied (None in large fields); `top`: first so many →
    chance from 0 to 1; `spread`: standard deviation of its sheets; `tied_with`: entries that the marks cannot tell it apart from.
    """

    group: str
    sheets: int
    raw: Fraction
    adjusted: Fraction
    official: Fraction | None
    error: Fraction | None
    place_raw: int
    place: int
    low: int
    high: int
    sure: tuple[int, int] | None
    top: Mapping[int, Fraction]
    spread: Fraction | None
    tied_with: tuple[str, ...]

    @property
    def moved(self) -> int:
        """Places gained by taking severities off; below 0 lost."""
        return self.place_raw - self.place


@dataclass(frozen=True, slots=True)
class JudgeAnalysis:
    """One judge. `offset` above 0: marks higher than the others; `consistency` and `centrality`: 1 is usual; `halo`: -1 to 1.

    `flags`: few, severe, lenient, unpredictable, predictable, constant, central, halo.
    """

    judge: str
    sheets: int
    offset: Fraction
    error: Fraction | None
    consistency: Fraction | None
    halo: Fraction | None
    centrality: Fraction | None
    flags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FarMark:
    """A mark (criterion "": a whole sheet) so many residual standard deviations above what was expected; below 0: under it."""

    group: str
    judge: str
    criterion: str
    distance: Fraction


@dataclass(frozen=True, slots=True)
class Taken:
    """What the result takes off each judge's marks on a criterion (or, criterion "", whole sheets); nothing where `why` says so.

    Whoever has the marks solves (L + lam I) b = c for the offsets again: docs/bundle.md.
    """

    criterion: str
    why: str
    lam: Fraction | None
    offsets: Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Analysis:
    """A panel. `applied`: severities are taken off in the result; `why`: the reason in words why they are not, or should not be.

    `lam`, `s2`, `sb2`: the estimate of whole sheets; `taken`: what the result itself took off, empty for other methods; `alpha`, `reliability`, `icc`: agreement, 0 to 1.
    """

    challenge_id: int
    panel: str
    computed_at: datetime | None
    method: str
    applied: bool
    why: str
    lam: Fraction | None
    s2: Fraction | None
    sb2: Fraction | None
    components: int
    lambda2: Fraction | None
    alpha: Fraction | None
    reliability: Fraction | None
    icc: Fraction | None
    warnings: tuple[str, ...]
    entries: tuple[EntryAnalysis, ...]
    judges: tuple[JudgeAnalysis, ...]
    outliers: tuple[FarMark, ...]
    taken: tuple[Taken, ...] = ()

    def entry(self, group: str) -> EntryAnalysis | None:
        """The entry of a group, by key."""
        return next((one for one in self.entries if one.group == group), None)

    def judge(self, judge: str) -> JudgeAnalysis | None:
        """A judge, by the key that results know them by (`judge_keys`)."""
        return next((one for one in self.judges if one.judge == judge), None)


def analysis_of(challenge: Challenge, panel: str) -> Analysis | None:
    """The analysis of one rubric panel as it was kept last; None before its first sheet was computed. One statement."""
    row = PanelAnalysis.objects.filter(challenge=challenge, panel=panel).first()
    return None if row is None else read_analysis(row)


def analyses_of(cycle: Cycle) -> list[Analysis]:
    """All of a cycle's rubric panels, in order of rounds, challenges and panels. One statement; large where many were judged."""
    return [read_analysis(row) for row in _rows(cycle)]


def analysed_panels(cycle: Cycle) -> list[tuple[int, str]]:
    """(id of the challenge, panel) of every rubric panel with an analysis, in the same order, without reading them."""
    return list(_rows(cycle).values_list("challenge_id", "panel"))


@dataclass(frozen=True, slots=True)
class OwnReport:
    """How somebody marked on one panel, and how everybody on it did, for the scale."""

    challenge: Challenge
    panel: str
    judge: JudgeAnalysis
    everybody: tuple[JudgeAnalysis, ...]


def reports_on(sheets: QuerySet[Sheet]) -> list[OwnReport]:
    """The panels of a judge's final sheets whose rounds are published, the latest first: two statements, and one for each cycle."""
    final = sheets.filter(state=SheetState.FINAL.value, challenge__round__published_at__isnull=False)
    mine = {
        (task, panel): judge
        for task, panel, judge in final.order_by().values_list("challenge_id", "panel", "judge_id").distinct()
    }
    rows = PanelAnalysis.objects.filter(challenge__in={task for task, _ in mine}, challenge__format="rubric").exclude(shown={})
    found: list[OwnReport] = []
    keys: dict[int, dict[int, str]] = {}
    for row in rows.select_related("challenge__round__cycle").order_by(
        "-challenge__round__published_at", "challenge__number", "panel"
    ):
        if (row.challenge_id, row.panel) not in mine:
            continue
        cycle = row.challenge.round.cycle
        names = keys.setdefault(cycle.pk, judge_keys(cycle))
        analysis = read_analysis(row, public=True)
        own = analysis.judge(names.get(mine[row.challenge_id, row.panel], ""))
        if own is not None:
            found.append(OwnReport(row.challenge, row.panel, own, analysis.judges))
    return found


def _rows(cycle: Cycle) -> QuerySet[PanelAnalysis]:
    rows = PanelAnalysis.objects.filter(challenge__round__cycle=cycle, challenge__format="rubric")
    return rows.order_by("challenge__round__number", "challenge__number", "panel")


def read_analysis(row: PanelAnalysis, *, public: bool = False) -> Analysis:
    """What is kept in a row of a rubric panel, typed: as it is now, or (`public`) as it was when its round was published last."""
    body: dict[str, Any] = row.shown if public else row.body
    return Analysis(
        challenge_id=row.challenge_id,
        panel=row.panel,
        computed_at=row.computed_at,
        method=body["method"],
        applied=body["applied"],
        why=body["why"],
        lam=_number(body["lam"]),
        s2=_number(body["s2"]),
        sb2=_number(body["sb2"]),
        components=body["components"],
        lambda2=_number(body["lambda2"]),
        alpha=_number(body["alpha"]),
        reliability=_number(body["reliability"]),
        icc=_number(body["icc"]),
        warnings=tuple(body["warnings"]),
        entries=tuple(_entry(one) for one in body["entries"]),
        judges=tuple(_judge(one) for one in body["judges"]),
        outliers=tuple(
            FarMark(one["group"], one["judge"], one["criterion"], numbers.parse(one["distance"])) for one in body["outliers"]
        ),
        taken=tuple(
            Taken(
                one["criterion"],
                one["why"],
                _number(one["lam"]),
                {judge: numbers.parse(text) for judge, text in one["offsets"].items()},
            )
            for one in body.get("taken", ())
        ),
    )


def _number(text: str) -> Fraction | None:
    return numbers.parse(text) if text else None


def _entry(one: Mapping[str, Any]) -> EntryAnalysis:
    return EntryAnalysis(
        group=one["group"],
        sheets=one["n"],
        raw=numbers.parse(one["raw"]),
        adjusted=numbers.parse(one["adjusted"]),
        official=_number(one["official"]),
        error=_number(one["se"]),
        place_raw=one["place_raw"],
        place=one["place"],
        low=one["low"],
        high=one["high"],
        sure=None if one["sure"] is None else (one["sure"][0], one["sure"][1]),
        top={int(number): numbers.parse(share) for number, share in one["top"].items()},
        spread=_number(one["spread"]),
        tied_with=tuple(one["tied_with"]),
    )


def _judge(one: Mapping[str, Any]) -> JudgeAnalysis:
    return JudgeAnalysis(
        judge=one["judge"],
        sheets=one["n"],
        offset=numbers.parse(one["offset"]),
        error=_number(one["se"]),
        consistency=_number(one["consistency"]),
        halo=_number(one["halo"]),
        centrality=_number(one["centrality"]),
        flags=tuple(one["flags"]),
    )
