"""The fields that decide results, once entries are judged: boards and cuts."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.web.pages.launching.parts import Field, Kind, Rows

COMBINE: Final = (("sum", _("their sum")), ("mean", _("their weighted mean")))
MISSING: Final = (("skip", _("is left out")), ("zero", _("counts as zero")), ("unscored", _("leaves the team without a place")))
BOARDS: Final = Rows(
    "boards",
    _("Boards"),
    "board",
    _("Add a board"),
    _("A ranking. Several may look at the same rounds in different ways."),
    (
        Field("name", _("Name"), _("Above the table."), size="half"),
        Field("key", _("Key"), _("As cuts and awards name it."), size="half"),
        Field("rounds", _("Counts rounds"), _("None ticked: all, or those with a weight."), Kind.KEYS, source="rounds"),
        Field(
            "weights",
            _("Weight of each round"),
            _("0.4 and 0.6: the second counts more. Empty: all count alike."),
            Kind.WEIGHTS,
            source="rounds",
        ),
        Field(
            "order",
            _("Order"),
            _("What decides, then what breaks ties: score, final.score, impact. “low” behind a name: less is better."),
            Kind.COMMAS,
        ),
        Field(
            "audience",
            _("Who sees it"),
            _("Before and after publication alike."),
            Kind.CHOICE,
            (("public", _("everybody")), ("judges", _("judges and you")), ("organizers", _("only you"))),
            empty=_("everybody"),
            size="half",
        ),
        Field(
            "source",
            _("Ranks by"),
            _("Scores of rounds, or points earned by acts."),
            Kind.CHOICE,
            (("rounds", _("scores")), ("points", _("points"))),
            empty=_("scores"),
            size="half",
        ),
        Field(
            "combine",
            _("Rounds give"),
            _("How rounds become one score."),
            Kind.CHOICE,
            COMBINE,
            empty=_("their sum"),
            size="third",
            more=True,
        ),
        Field("best", _("Only the best"), _("How many rounds count. Empty: all."), Kind.WHOLE, size="third", more=True),
        Field(
            "missing",
            _("A round not played"),
            _("What it does."),
            Kind.CHOICE,
            MISSING,
            empty=_("is left out"),
            size="third",
            more=True,
        ),
        Field(
            "ranked",
            _("Who stands on it"),
            _("Who gets a row."),
            Kind.CHOICE,
            (
                ("last", _("who was in its last round")),
                ("any", _("who was in any round")),
                ("all", _("who was in all rounds")),
                ("enrolled", _("every team")),
            ),
            empty=_("who was in its last round"),
            size="half",
            more=True,
        ),
        Field(
            "places",
            _("Shared places"),
            _("1, 2, 2, 4 or 1, 2, 2, 3."),
            Kind.CHOICE,
            (("1224", "1, 2, 2, 4"), ("1223", "1, 2, 2, 3"), ("fractional", "1, 2.5, 2.5, 4")),
            empty="1, 2, 2, 4",
            size="half",
            more=True,
        ),
        Field("decimals", _("Decimals"), _("Rounding of the score. Empty: exact."), Kind.WHOLE, size="half", more=True),
        Field(
            "freeze",
            _("Frozen after"),
            _("Time since the opening, as 4:00:00: from then on the public board stands still."),
            size="half",
            more=True,
        ),
    ),
)
CUTS: Final = Rows(
    "cuts",
    _("Who goes on"),
    "cut",
    _("Add a cut"),
    _("From a board into a round. Without a cut everybody goes on. Fill in one of first, share, score."),
    (
        Field(
            "board",
            _("From the board"),
            _("Whose places decide."),
            Kind.CHOICE,
            source="boards",
            empty=_("choose a board"),
            size="half",
        ),
        Field(
            "to",
            _("Into the round"),
            _("Which round they enter."),
            Kind.CHOICE,
            source="rounds",
            empty=_("choose a round"),
            size="half",
        ),
        Field("first", _("The first"), _("How many go on."), Kind.WHOLE, size="third"),
        Field("share", _("Or a share"), _("0.25: a quarter of the field."), Kind.NUMBER, size="third"),
        Field("at_least", _("Or a score of at least"), _("Whoever reaches it."), Kind.NUMBER, size="third"),
        Field(
            "ties",
            _("Equal at the line"),
            _("What happens to teams that share the last place."),
            Kind.CHOICE,
            (("include", _("all go on")), ("exclude", _("none goes on")), ("decide", _("you decide"))),
            empty=_("all go on"),
            size="half",
        ),
        Field("wildcards", _("Wildcards"), _("How many more you may let in, each with a reason."), Kind.WHOLE, size="half"),
    ),
    keyed=False,
)
