"""The form of rules: how teams learn from each other. What an idea has to tell, experts' office hours, peers."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.web.pages.launching.parts import Field, Kind, Once

SHARING: Final = (
    Field(
        "sharing.required",
        _("An idea has to tell"),
        _("Without these it stays marked as incomplete. Of all six at least five are wanted anyway."),
        Kind.KEYS,
        (
            ("steps", _("Steps")),
            ("time", _("Time it takes")),
            ("cost", _("What it costs")),
            ("people", _("Who it takes")),
            ("went_wrong", _("What went wrong")),
            ("ask", _("Whom to ask")),
        ),
        size="wide",
    ),
    Field(
        "sharing.first",
        _("The list of ideas shows first"),
        _("Whoever reads it can choose otherwise."),
        Kind.CHOICE,
        (("proven", _("what others tested most")), ("failures", _("what did not work"))),
        empty=_("the newest"),
        size="half",
    ),
    Field(
        "reply_days",
        _("Days to reply to who asks"),
        _("Whoever asks teams that adopted an idea how it is done hopes for a reply within so many days. Empty: 5."),
        Kind.WHOLE,
        size="half",
    ),
    Field(
        "peers",
        _("Teams find peers"),
        _("Of other organizations, doing better at the same task; and ask them for help."),
        Kind.SWITCH,
        size="half",
    ),
    Once(
        "office_hours",
        _("Office hours"),
        _("Experts offer times, and every team books as many of them as any other. Somebody needs a role that lets them advise."),
        (
            Field("quota", _("For each team"), _("How many it may book."), Kind.WHOLE, size="half"),
            Field(
                "per",
                _("Counted"),
                _("Whether that is for the whole cycle or begins anew with each round."),
                Kind.CHOICE,
                (("round", _("for each round")),),
                empty=_("for the whole cycle"),
                size="half",
                needs="quota",
            ),
            Field(
                "cancel_hours",
                _("Hours in which it can be given back"),
                _("Cancelled up to so long before it begins, a booking does not count. Empty: 24."),
                Kind.WHOLE,
                size="half",
                needs="quota",
            ),
        ),
    ),
)
