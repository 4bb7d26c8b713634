"""Tables of the form: how a round is judged. What judges see of each other and of the entries, what teams hear of them."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.web.pages.launching.parts import Field, Kind

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
