"""The fields of what can be won: awards, points for acts, badges."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.web.pages.launching.parts import Field, Kind, Rows

COUNTED: Final = (
    ("things", _("things, each once")),
    ("acts", _("acts")),
    ("days", _("days")),
    ("weeks", _("weeks")),
    ("partners", _("other teams")),
    ("rounds", _("rounds")),
    ("challenges", _("tasks")),
)
AWARD: Final = Rows(
    "awards",
    _("Awards"),
    "award",
    _("Add an award"),
    _("In the order of the ceremony's list; the last is revealed first."),
    (
        Field("name", _("Name"), _("What is announced."), size="half"),
        Field("key", _("Key"), _("Short, for tables."), size="half"),
        Field("kind", _("Kind"), _("medal, money, certificate, badge, coaching, pilot: any word."), size="third"),
        Field(
            "board",
            _("By the board"),
            _("Empty: the main one."),
            Kind.CHOICE,
            source="boards",
            empty=_("the main board"),
            size="third",
        ),
        Field("places", _("Places"), _("From and to. 1 and 1: the winner."), Kind.PLACES, size="third"),
        Field(
            "amounts",
            _("Money"),
            _("For places 1, 2, …: one amount per line, in the currency of the cycle."),
            Kind.MONEY,
            size="half",
        ),
        Field(
            "ties",
            _("Equal places"),
            _("Share the money of the places they fill, or each gets it all."),
            Kind.CHOICE,
            (("split", _("share")), ("each", _("each gets it all")), ("decide", _("you decide who is first"))),
            empty=_("share"),
            size="half",
        ),
        Field(
            "decided",
            _("Given by decision"),
            _("You name the winner, with a reason. No place decides."),
            Kind.SWITCH,
            size="half",
        ),
        Field("at_least", _("From a score of"), _("Everybody who reaches it."), Kind.NUMBER, size="third", more=True),
        Field("share", _("Share of the field"), _("0.1: the best tenth."), Kind.NUMBER, size="third", more=True),
        Field("by", _("Measured by"), _("Which value: score, impact."), size="third", more=True),
        Field(
            "set",
            _("Set"),
            _("Of the awards of one set a team gets only the first that it earns: gold, not silver too."),
            size="third",
            more=True,
        ),
        Field(
            "pass_on",
            _("Passes to the next"),
            _("If a team does not take it, or has another prize of the set. It keeps its place."),
            Kind.SWITCH,
            size="third",
            more=True,
        ),
        Field("sessions", _("Sessions"), _("Coaching: how many, beside the office hours."), Kind.WHOLE, size="third", more=True),
        Field(
            "pool",
            _("Money to share"),
            _("One amount that is split among all who earn it, instead of one for each place."),
            Kind.SUM,
            size="third",
            more=True,
        ),
        Field(
            "parts",
            _("In which parts"),
            _("3, 2, 1: half of it for the first place. Empty: equal parts."),
            Kind.COMMAS,
            needs="pool",
            size="third",
            more=True,
        ),
        Field(
            "by_value",
            _("Or in proportion"),
            _("To the value it is measured by."),
            Kind.SWITCH,
            needs="pool",
            size="third",
            more=True,
        ),
    ),
    {"kind": "medal"},
)
POINT_RULES: Final = Rows(
    "rules",
    _("Points for acts"),
    "rule",
    _("Add a rule"),
    _("What the journal records earns points by itself, up to a cap. Nobody writes points by hand."),
    (
        Field("name", _("Name"), _("What a team reads in its feed."), size="half"),
        Field("key", _("Key"), _("Short."), size="half"),
        Field("event", _("For each"), _("The act, as the journal names it: submission.received, sheet.finalized."), size="half"),
        Field("points", _("Points"), _("How many."), Kind.WHOLE, size="half"),
        Field("cap_day", _("At most a day"), _("Empty: no limit."), Kind.WHOLE, size="half"),
        Field("cap_cycle", _("At most in all"), _("Empty: no limit."), Kind.WHOLE, size="half"),
        Field("cap_week", _("At most a week"), _("Monday to Sunday. Empty: no limit."), Kind.WHOLE, size="third", more=True),
        Field(
            "ratio",
            _("Each further act of a day"),
            _("0.5: counts half of the one before. Empty: as much."),
            Kind.NUMBER,
            size="third",
            more=True,
        ),
        Field(
            "flows",
            _("Credit flows on"),
            _("A share goes to the ideas that it builds on."),
            Kind.SWITCH,
            size="third",
            more=True,
        ),
    ),
    {"event": "submission.received", "points": 1},
)
BADGES: Final = Rows(
    "badges",
    _("Badges"),
    "badge",
    _("Add a badge"),
    _("A sign of something done. Give one of the three: acts of a kind, points, or weeks in a row."),
    (
        Field("name", _("Name"), _("What is shown."), size="half"),
        Field("key", _("Key"), _("Short."), size="half"),
        Field(
            "event", _("After acts of this kind"), _("As the journal names it: submission.received, idea.shared."), size="third"
        ),
        Field("count", _("How many"), _("1: the first."), Kind.WHOLE, size="third"),
        Field(
            "of",
            _("Of what"),
            _("An entry handed in five times is one thing."),
            Kind.CHOICE,
            COUNTED,
            empty=_("things, each once"),
            size="third",
        ),
        Field("points", _("Or from points"), _("So many and more."), Kind.WHOLE, size="half"),
        Field("streak", _("Or after weeks in a row"), _("As the weekly streak counts them."), Kind.WHOLE, size="half"),
        Field("summary", _("What it says"), _("One sentence."), size="wide"),
        Field(
            "receiver",
            _("Who earns it"),
            _("Only acts belong to a person."),
            Kind.CHOICE,
            (("group", _("the team")), ("person", _("the one who did it"))),
            empty=_("the team"),
            size="half",
            more=True,
        ),
        Field("also", _("Acts that count as well"), _("Of other kinds, between commas."), Kind.COMMAS, size="half", more=True),
        Field("first", _("Only the first"), _("How many teams can earn it. Empty: all."), Kind.WHOLE, size="third", more=True),
        Field(
            "most", _("Whoever has the most"), _("When the cycle ends; equals share it."), Kind.SWITCH, size="third", more=True
        ),
        Field("surprise", _("A surprise"), _("Told to nobody before it is earned."), Kind.SWITCH, size="third", more=True),
    ),
)
AWARDS: Final = (AWARD, POINT_RULES, BADGES)
