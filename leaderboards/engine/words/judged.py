"""A judged challenge in words: what is marked or voted on, how judges become one value, how criteria add up."""

from collections.abc import Iterator, Sequence

from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import gettext_noop, ngettext
from leaderboards.engine.panels import QUANTUM
from leaderboards.engine.severity.gates import FREEDOM, JUDGES
from leaderboards.engine.spec import (
    Aggregate,
    Band,
    ChallengeSpec,
    Criterion,
    Fold,
    Format,
    Incomplete,
    Panel,
    Per,
    Scoring,
)
from leaderboards.engine.words.phrases import EITHER, listed, number, rounding, weighted, with_rounding

SEVERITIES = frozenset({Fold.SEVERITY, Fold.SEVERITY_CLIP})
AROUND = {"mean": gettext_noop("mean"), "median": gettext_noop("median")}
FOLDED = {
    Fold.MEAN: gettext_noop("the mean"),
    Fold.MEDIAN: gettext_noop("the median"),
    Fold.SUM: gettext_noop("the sum"),
    Fold.MIN: gettext_noop("the lowest"),
    Fold.MAX: gettext_noop("the highest"),
    Fold.SEVERITY: gettext_noop("the mean"),
    Fold.SEVERITY_CLIP: gettext_noop("the mean"),
}


def judged_rules(scoring: Scoring, challenge: ChallengeSpec, name: str) -> Iterator[str]:
    """How judges, peers or an audience become the score of a challenge; `name` is its title."""
    ranking = challenge.format is Format.RANKING
    for panel in challenge.judges_panels:
        criteria = [one for one in challenge.marked_criteria if challenge.panel_of(one) == panel.key]
        if not criteria:
            continue
        if panel.who == "audience":
            yield from _voted(scoring, panel, name, criteria)
            continue
        if panel.who == "peers":
            yield _(
                "In {name} teams judge teams on the panel {panel}: nobody their own team, and no two teams each other.",
                name=name,
                panel=panel.title,
            )
        if ranking:
            yield _("In {name} each judge of the panel {panel} ranks the entries; 1 is the best.", name=name, panel=panel.title)
        else:
            yield _("In {name} the panel {panel} marks {marked}.", name=name, panel=panel.title, marked=_marked(criteria))
        for value in dict.fromkeys(one.not_marked for one in criteria if one.not_marked is not None):
            of = listed((one.title for one in criteria if one.not_marked == value), EITHER)
            yield _("The value {value} for {of} means that the judge did not mark it.", value=number(value), of=of)
        yield from _panel(scoring, challenge, panel, criteria)
    if challenge.scale is not None:
        yield _("Every mark is first mapped from its range to 0 to {scale}.", scale=number(challenge.scale))
    yield from _sheets(challenge)
    yield from _total(scoring, challenge)


def _voted(scoring: Scoring, panel: Panel, name: str, criteria: Sequence[Criterion]) -> Iterator[str]:
    """An audience: who may vote, how often, what a vote counts."""
    votes = ngettext("{count} vote", "{count} votes", panel.ballots, count=panel.ballots)
    other = "" if panel.ballots == 1 else _(", each for another entry")
    yield (
        _(
            "In {name} the audience votes on {names}: everybody with a confirmed address has {votes}{other}; nobody votes"
            " for their own team.",
            name=name,
            names=listed(one.title for one in criteria),
            votes=votes,
            other=other,
        )
    )
    value = _("the number of votes") if panel.combine is Fold.SUM else _("the share of all voters who chose the entry")
    yield with_rounding(_("The value of the panel is {value}", value=value), panel.decimals, panel.rounding, scoring)
    if panel.quorum > 1:
        yield _too_few(panel)


def _pulled(scoring: Scoring, panel: Panel, band: Band, unit: str) -> str:
    """What a band does to marks that are far from the others."""
    centre = rounding(band.decimals, band.rounding, scoring)
    around = _(AROUND[band.around])
    where = _("the {around} ({centre})", around=around, centre=centre) if centre else _("the {around}", around=around)
    what = _("adjusted {unit}", unit=unit) if panel.combine in SEVERITIES else unit
    return _(
        "{what} further than {width} from {where} are pulled to that distance, once.",
        what=what.capitalize(),
        width=number(band.width),
        where=where,
    )


def _too_few(panel: Panel) -> str:
    least = panel.quorum
    if panel.who == "audience":
        return ngettext(
            "With fewer than {count} voter there is no value.",
            "With fewer than {count} voters there is no value.",
            least,
            count=least,
        )
    if panel.per is Per.SHEET:
        return ngettext(
            "With fewer than {count} sheet there is no value.",
            "With fewer than {count} sheets there is no value.",
            least,
            count=least,
        )
    return ngettext(
        "With fewer than {count} mark there is no value.", "With fewer than {count} marks there is no value.", least, count=least
    )


def _marked(criteria: Sequence[Criterion]) -> str:
    """The criteria with what a mark may be, said once where it is the same for all."""
    bounds = {_bounds(one) for one in criteria}
    names = [_("{title} (optional)", title=one.title) if one.optional else one.title for one in criteria]
    if len(bounds) == 1:
        same = bounds.pop()
        if not same or len(names) == 1:
            return ", ".join(part for part in (listed(names), same) if part)
        return _("{names}, each {bounds}", names=listed(names), bounds=same)
    return listed(f"{name} {_bounds(one)}".strip() for name, one in zip(names, criteria, strict=True))


def _bounds(one: Criterion) -> str:
    if one.values is not None:
        return listed((number(value) for value in one.values), EITHER)
    if one.min is None or one.max is None:
        return ""
    step = _(" in steps of {step}", step=number(one.step)) if one.step is not None else ""
    return _("{min} to {max}{step}", min=number(one.min), max=number(one.max), step=step)


def _panel(scoring: Scoring, challenge: ChallengeSpec, panel: Panel, criteria: list[Criterion]) -> Iterator[str]:
    unit = _("sheets") if panel.per is Per.SHEET else _("marks")
    if panel.points == "borda":
        yield _("Each judge's order of the entries becomes points: one for every entry ranked behind; ties share.")
    elif panel.points is not None:
        yield _(
            "Each judge's order of the entries becomes points: {names}, then 0; ties share.",
            names=", ".join(number(one) for one in panel.points),
        )
    if panel.per is Per.SHEET and len(criteria) > 1:
        kind = _("weighted mean") if challenge.combine is Aggregate.MEAN else _("weighted sum")
        yield _("Each judge's sheet first becomes one number, the {kind} of its criteria.", kind=kind)
    if panel.combine in SEVERITIES:
        yield from _severity(challenge, panel, unit)
    if panel.band is not None:
        yield _pulled(scoring, panel, panel.band, unit)
    dropped = [ngettext("the {word}", "the {count} {word}", count, word=word, count=count) for count, word in _dropped(panel)]
    if dropped:
        yield _("{names} of the {unit} are left out.", names=listed(dropped).capitalize(), unit=unit)
    adjusted = (
        _("adjusted {unit}, rounded to {quantum} decimals", unit=unit, quantum=QUANTUM) if panel.combine in SEVERITIES else unit
    )
    yield with_rounding(
        _("The value of the panel is {folded} of the {adjusted}", folded=_(FOLDED[panel.combine]), adjusted=adjusted),
        panel.decimals,
        panel.rounding,
        scoring,
    )
    if panel.quorum == 0:
        yield _("What nobody marked counts 0.")
    elif panel.quorum > 1:
        yield _too_few(panel)


def _severity(challenge: ChallengeSpec, panel: Panel, unit: str) -> Iterator[str]:
    """Severity in plain words: how it is found, what it does, when it is left alone."""
    each = "" if panel.per is Per.SHEET or len(challenge.marked_criteria) == 1 else _(", criterion by criterion")
    yield (
        _(
            "Some judges mark lower than others who saw the same entries. How much each one does is worked out from all"
            " {unit} of the challenge{each}, with doubt where a judge saw little, and taken off that judge's {unit}: an"
            " entry is not better for having met mild judges.",
            unit=unit,
            each=each,
        )
    )
    yield (
        _(
            "With fewer than {judges} judges, or fewer than {freedom} {unit} beyond the first of each entry, nothing is"
            " taken off, and the {unit} count as they are.",
            judges=JUDGES,
            freedom=FREEDOM,
            unit=unit,
        )
    )


def _dropped(panel: Panel) -> list[tuple[int, str]]:
    return [(count, word) for count, word in ((panel.drop_high, _("highest")), (panel.drop_low, _("lowest"))) if count]


def _sheets(challenge: ChallengeSpec) -> Iterator[str]:
    if len(challenge.marked_criteria) > 1:
        if challenge.incomplete is Incomplete.IGNORE:
            yield _("A sheet that misses a required criterion does not count.")
        else:
            yield _("A sheet that misses a criterion still counts with the marks it has.")
    yield _("A mark that is absent or recused is never a zero.")


def _total(scoring: Scoring, challenge: ChallengeSpec) -> Iterator[str]:
    names = [(one.title, one.weight) for one in challenge.marked_criteria]
    if len(names) > 1 or any(weight != 1 for __, weight in names):
        products = {(one.decimals, one.rounding) for one in challenge.criteria if one.decimals is not None}
        for decimals, mode in sorted(products, key=str):
            yield _("Each product of weight and value is {rounding}.", rounding=rounding(decimals, mode, scoring))
        yield f"{weighted(names, challenge.combine, _('The score'))}."
