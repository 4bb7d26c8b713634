"""Tables of the form: how a round is judged. What judges see of each other and of the entries, what teams hear of them."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.web.pages.launching.parts import Field, Kind, Rows

OTHERS: Final = (("after_final", _("once their own sheet is final")), ("always", _("always")))
FEEDBACK_ON: Final = (("criterion", _("each criterion of it")),)
BLIND: Final = (("hidden", _("hidden from them")), ("only", _("for them alone: a copy without names")))

JUDGING: Final = (
    Field("blind", _("Judges see no names"), _("Entries have numbers instead, until results are published."), Kind.SWITCH, size="half"),
    Field(
        "calibration",
        _("Judges calibrate first"),
        _("All of them mark the same few entries and talk about it, before the others open."),
        Kind.SWITCH,
        size="half",
    ),
    Field(
        "judges_named",
        _("Judges are named"),
        _("Teams see who judged them, once results are published; judges know each other's names."),
        Kind.SWITCH,
        size="half",
    ),
    Field(
        "others_marks",
        _("Judges see the others' marks"),
        _("Of the same entry and panel."),
        Kind.CHOICE,
        OTHERS,
        empty=_("never"),
        size="half",
        more=True,
    ),
    Field(
        "feedback_on",
        _("Feedback is promised on"),
        _("Where everybody gets some."),
        Kind.CHOICE,
        FEEDBACK_ON,
        empty=_("each entry"),
        size="half",
        more=True,
    ),
    Field(
        "appeal_days",
        _("Days to appeal"),
        _("After publication a team may ask to look again. Empty: it may not."),
        Kind.WHOLE,
        size="half",
        more=True,
    ),
)  # fmt: skip
"""Of a round."""
SEEN_BY_JUDGES: Final = Field(
    "blind",
    _("Where judging is blind"),
    _("What judges see of the answer."),
    Kind.CHOICE,
    BLIND,
    empty=_("shown to judges"),
    size="half",
    more=True,
)
"""Of a question that teams answer when they hand in."""
JUDGED: Final = frozenset({"rubric", "ranking"})
"""Formats with judges who mark."""
FOLDS: Final = (
    ("mean", _("the mean")),
    ("median", _("the median")),
    ("sum", _("the sum")),
    ("min", _("the lowest")),
    ("max", _("the highest")),
    ("severity", _("the mean, strictness of each judge taken off")),
    ("severity_clip", _("the same, and what is still far off is pulled in")),
)
WHO: Final = (
    ("judges", _("judges whom you invite")),
    ("peers", _("the teams: each judges others")),
    ("audience", _("the audience: it votes")),
)
MARKING: Final = frozenset({"judges", "peers"})
VOTING: Final = frozenset({"audience"})
COUNTS: Final = (("sum", _("the number of votes")), ("mean", _("the share of the voters")))
PANELS: Final = Rows(
    "panels",
    _("Panels: who judges"),
    "panel",
    _("Add a panel"),
    _("Who marks or votes together, and how that becomes one number. None here: one panel called jury, the mean of its marks."),
    (
        Field("name", _("Name"), _("Jury, audience, experts."), size="half"),
        Field("key", _("Key"), _("Short, for tables."), size="half"),
        Field(
            "who",
            _("On it"),
            _(
                "Teams mark like judges: never their own team, and no two teams each other. "
                "An audience votes on one criterion of its own, with one tap: everybody with a confirmed address, "
                "from the close of entries until judging closes."
            ),
            Kind.CHOICE,
            WHO,
            empty=_("judges whom you invite"),
            redraws=True,
            size="wide",
        ),
        Field(
            "ballots",
            _("Votes for each person"),
            _("Each for another entry. Empty: one. Nobody votes for their own team."),
            Kind.WHOLE,
            only=VOTING,
            size="half",
        ),
        Field(
            "combine",
            _("The votes give"),
            _("The share weighs the same whether ten or a thousand people vote."),
            Kind.CHOICE,
            COUNTS,
            empty=_("the share of the voters"),
            only=VOTING,
            size="half",
        ),
        Field("quorum", _("Voters needed"), _("With fewer the vote gives no score."), Kind.WHOLE, only=VOTING, size="half"),
        Field(
            "combine",
            _("Their marks give"),
            _("How several marks become one."),
            Kind.CHOICE,
            FOLDS,
            empty=_("the mean"),
            only=MARKING,
            size="half",
        ),
        Field("quorum", _("Judges needed"), _("Fewer marks than this give no score."), Kind.WHOLE, only=MARKING, size="half"),
        Field("drop_high", _("Leave out highest"), _("How many of the highest marks do not count."), Kind.WHOLE, only=MARKING, size="half"),
        Field("drop_low", _("Leave out lowest"), _("How many of the lowest marks do not count."), Kind.WHOLE, only=MARKING, size="half"),
        Field(
            "per",
            _("Combined"),
            _("Criterion by criterion, or each judge's sheet first."),
            Kind.CHOICE,
            (("criterion", _("criterion by criterion")), ("sheet", _("sheet by sheet"))),
            empty=_("criterion by criterion"),
            only=MARKING,
            size="half",
            more=True,
        ),
        Field(
            "band.width",
            _("Pull in what is further off than"),
            _("In marks. What lies further from the others counts at this distance."),
            Kind.NUMBER,
            only=MARKING,
            size="half",
            more=True,
        ),
        Field(
            "band.around",
            _("Measured from"),
            _("The others are their mean or their median: the median heeds strays less."),
            Kind.CHOICE,
            (("mean", _("the mean")), ("median", _("the median"))),
            empty=_("the mean"),
            only=MARKING,
            needs="width",
            size="half",
            more=True,
        ),
        Field("decimals", _("Decimals"), _("Rounding of the panel's value. Empty: exact."), Kind.WHOLE, size="half", more=True),
    ),
    {"quorum": 1},
    JUDGED,
    kind_key="who",
)  # fmt: skip
