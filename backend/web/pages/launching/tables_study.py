"""The form of rules: what happens between rounds, a study after one."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.web.pages.launching.parts import Field, Kind, Once

STUDY: Final = Once(
    "study",
    _("A study after it"),
    _("Teams read what others made, ask about it, and say what they take into the next round. Leave the dates empty for none."),
    (
        Field(
            "begins",
            _("Study begins"),
            _("Not before the round closes, and best once its results are published."),
            Kind.TIME,
            size="half",
        ),
        Field("ends", _("Study ends"), _("Not after the next round opens."), Kind.TIME, size="half", needs="begins"),
        Field(
            "reads",
            _("Works for each team to read"),
            _("Of other teams, dealt so that each is read as often as the others. Empty: 3."),
            Kind.WHOLE,
            size="half",
            needs="begins",
        ),
    ),
)
