"""The fields of how a cycle looks, and of what is deleted after it."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from backend.web.pages.launching.parts import Field, Kind, Rows

ACCENTS: Final = (
    ("pine", _("Pine")),
    ("lake", _("Lake")),
    ("plum", _("Plum")),
    ("clay", _("Clay")),
    ("moss", _("Moss")),
    ("rose", _("Rose")),
    ("slate", _("Slate")),
)
PARTNERS: Final = Rows(
    "brand.partners",
    _("Partners"),
    "partner",
    _("Add a partner"),
    _("Who carries it along: sponsors, schools, newspapers. They stand on the page of the cycle, with a link."),
    (
        Field("name", _("Name"), _("As it wants to be named."), size="half"),
        Field("part", _("As"), _("Sponsor, media partner, host. Partners of one part stand together."), size="half"),
        Field("url", _("Web address"), _("Where the name leads: https://… Empty: no link."), size="wide"),
    ),
    {"name": ""},
    keyed=False,
)
LOOKS: Final = (
    Field(
        "brand.accent",
        _("Accent"),
        _("The colour of its pages, light and dark."),
        Kind.CHOICE,
        ACCENTS,
        empty=_("School ink, that of the house"),
        size="half",
    ),
    Field(
        "brand.motto",
        _("Motto"),
        _("One line under the name, on every page of the cycle. The logo is added at the desk."),
        size="wide",
    ),
    Field(
        "retention.drafts",
        _("What was never handed in goes after"),
        _("Days after the cycle has closed. Empty: it is kept."),
        Kind.WHOLE,
        size="half",
    ),
    Field(
        "retention.files",
        _("Uploaded files go after"),
        _("Days. Their names, sizes and digests stay. Empty: they are kept."),
        Kind.WHOLE,
        size="half",
    ),
    Field(
        "retention.contacts",
        _("Addresses and registration answers go after"),
        _("Days. Results and names of teams stay. Empty: they are kept."),
        Kind.WHOLE,
        size="half",
    ),
    Field(
        "retention.notes",
        _("Judges' private notes go after"),
        _("Days. Marks and comments stay. Empty: they are kept."),
        Kind.WHOLE,
        size="half",
    ),
    PARTNERS,
)
