"""What a retrospective says: titles of its sections, what is proposed and why, what comes along into a cycle, how a series adds up."""

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from games.playbooks.schema import Carry, Design, Season
from games.progression.series import SeriesRule, rule_of
from games.retrospectives.models import Proposal
from games.retrospectives.rules import AdoptionWay, ProposalState
from leaderboards.engine import numbers

type Facts = Mapping[str, Any]
TITLES: Final[dict[str, Any]] = {
    "aim": gettext_lazy("The aim"),
    "people": gettext_lazy("Who came, who stayed"),
    "rounds": gettext_lazy("Round by round"),
    "judging": gettext_lazy("How reliable the judging was"),
    "ideas": gettext_lazy("How ideas travelled"),
    "learning": gettext_lazy("How often teams tried something"),
    "rules": gettext_lazy("Which rules moved behaviour"),
    "prizes": gettext_lazy("What was won"),
    "suggestions": gettext_lazy("What people suggested"),
}
FUNNEL: Final[dict[str, Any]] = {
    "registered": gettext_lazy("registered"),
    "accepted": gettext_lazy("took part"),
    "entered": gettext_lazy("handed something in"),
    "last_round": gettext_lazy("were there in the last round"),
    "placed": gettext_lazy("had a place in the end"),
}
STATES: Final[dict[str, Any]] = {
    ProposalState.OPEN.value: gettext_lazy("open"),
    ProposalState.TAKEN.value: gettext_lazy("goes into the next cycle"),
    ProposalState.LEFT.value: gettext_lazy("left as it is"),
}
WAYS: Final[dict[str, Any]] = {
    AdoptionWay.TEST.value: gettext_lazy("Teams of the next cycle test it"),
    AdoptionWay.START.value: gettext_lazy("A new cycle starts from it"),
    AdoptionWay.NEITHER.value: gettext_lazy("It goes no further"),
}

# code -> (what is proposed, why). Facts fill both.
SAID: Final[dict[str, tuple[Any, Any]]] = {
    "aim_from_here": (
        gettext_lazy("Begin the next aim at %(latest)s %(unit)s"),
        gettext_lazy("The measure moved from %(baseline)s to %(latest)s; the aim was %(target)s."),
    ),
    "few_entered": (
        gettext_lazy("Find out why so few entered “%(name)s”, and make the first step smaller"),
        gettext_lazy("Only %(active)s of %(of)s teams handed something in."),
    ),
    "late_rush": (
        gettext_lazy("Ask for something small before the deadline of “%(name)s”"),
        gettext_lazy("%(late)s of %(of)s entries came within the last day: nobody could react to them."),
    ),
    "more_time": (
        gettext_lazy("Give %(days)s days more for “%(name)s”"),
        gettext_lazy("%(extended)s of %(of)s teams were given more time."),
    ),
    "unsure": (
        gettext_lazy("More judges on each entry of “%(name)s”, or a calibration before"),
        gettext_lazy("The reliability of its scores was %(reliability)s: another panel might well have ranked otherwise."),
    ),
    "unfinished": (
        gettext_lazy("Give judges of “%(name)s” %(days)s days more, or fewer entries each"),
        gettext_lazy("%(open)s of %(of)s sheets were never finished."),
    ),
    "stayed_at_home": (
        gettext_lazy("Let teams see each other's work earlier"),
        gettext_lazy("Of %(shared)s ideas others built on %(sources)s."),
    ),
    "no_failures": (
        gettext_lazy("Make it safe to tell what did not work"),
        gettext_lazy("%(shared)s ideas were shared, and not one tells of a failure."),
    ),
    "slow": (
        gettext_lazy("Make finished tests count"),
        gettext_lazy("A team finished %(tempo)s tests a week: %(finished)s in all."),
    ),
    "untried": (
        gettext_lazy("Let what was never tried come along"),
        gettext_lazy("%(taken)s things taken from a study were never tried, %(tests)s tests were never finished."),
    ),
    "rule_unused": (
        gettext_lazy("Take away the rule “%(name)s”"),
        gettext_lazy("Nobody ever did what it gives points for."),
    ),
    "rule_heavy": (
        gettext_lazy("Halve the points of “%(name)s”"),
        gettext_lazy("%(points)s of all %(total)s points came from this one rule."),
    ),
    "rule_moved_nothing": (
        gettext_lazy("Think again about the rule “%(name)s”"),
        gettext_lazy("A team did it %(before)s times a week before the rule changed, and %(after)s after."),
    ),
    "top_heavy": (
        gettext_lazy("Give those who were behind a head start"),
        gettext_lazy("The best tenth of the teams holds %(top)s %% of all points."),
    ),
    "suggestion": (
        gettext_lazy("%(title)s"),
        gettext_lazy("Somebody who takes part suggested it, and it is no rule yet."),
    ),
}


def proposal_words(one: Proposal) -> tuple[str, str]:
    """What is proposed, and why."""
    title, why = SAID.get(one.code, (one.code.replace("_", " "), ""))
    facts = {name: number_words(value) for name, value in one.facts.items()}
    try:
        return str(title) % facts, str(why) % facts
    except KeyError:  # written by an older version, with other facts
        return str(title), ""


def number_words(value: Any) -> str:
    """A number text or anything else, as people read it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return str(value)


def carry_words(carry: Carry) -> list[str]:
    """What comes along from the cycle before, a sentence each; none where nothing but teams and judges does."""
    found = []
    if carry.points is not None:
        share = numbers.fixed(carry.points * 100, 0)
        said = _("Teams begin with %(share)s %% of the points they had in the cycle before.") % {"share": share}
        if carry.half_life is not None:
            fades = _("After each %(days)s days half of that is left.") % {"days": numbers.text(carry.half_life)}
            said = f"{said} {fades}"
        found.append(said)
    if carry.handicap is not None:
        share = numbers.fixed(carry.handicap * 100, 0)
        said = _("Who was behind gets a head start: %(share)s %% of the points that the first was ahead.") % {"share": share}
        if carry.handicap_most is not None:
            said = f"{said} {_('At most %(most)s points.') % {'most': f'{carry.handicap_most:,}'}}"
        found.append(said)
    if carry.badges:
        found.append(_("Badges earned there are shown here, as earned there."))
    if carry.commitments:
        found.append(_("What a team meant to try and did not becomes a planned test."))
    if not carry.teams:
        found.append(_("Teams register anew."))
    return found


def succession_rules(design: Design) -> list[str]:
    """What the rules page says of the cycles before and after: what comes along, how the series adds up."""
    return [*carry_words(design.carry), *(season_words(design.season) if design.season is not None else ())]


def season_words(season: Season) -> list[str]:
    """How the cycles of the series add up, as its rules declare it."""
    return rule_words(rule_of(season))


def rule_words(rule: SeriesRule) -> list[str]:
    """How the cycles of a series add up, a sentence each."""
    what = {
        "rating": _(
            "Each cycle moves the rating of its teams by whom they came before and after (Plackett-Luce, Weng and Lin 2011)."
        ),
        "score": _("The scores on the main boards count."),
        "place": _("The places on the main boards count."),
        "field": _(
            "A place counts for more among many teams and in a small one, and less as time goes by: "
            "100,000 / √members × place^-0.75 × log10(1 + log10 teams) × e^(-days/500)."
        ),
    }
    if rule.by == "rating":
        return [
            what[rule.by],
            _("Begins at 0. What ranks is the mean less three deviations: who has played little stands lower."),
        ]
    found = [what[rule.by]]
    if rule.points is not None:
        points = ", ".join(numbers.text(one) for one in rule.points)
        found.append(_("Places become points: %(points)s, then none.") % {"points": points})
    found.append(_("Their mean counts.") if rule.combine.value == "mean" else _("They are added up."))
    if rule.best is not None:
        best = ngettext("Only the best cycle of a team counts.", "Only the best %(count)d cycles of a team count.", rule.best)
        found.append(best % {"count": rule.best})
    if rule.half_life is not None:
        found.append(_("After each %(days)s days a cycle counts half.") % {"days": numbers.text(rule.half_life)})
    return found


def percent(part: int, whole: int) -> str:
    """So many of so many, as whole percent; empty of nothing."""
    return f"{round(part * 100 / whole)} %" if whole else ""
