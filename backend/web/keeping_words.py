"""What is kept and what is deleted, in words: for everybody on the rules page, for organizers with counts and days."""

from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from games.playbooks.schema import Design
from worker.retention import Listed

PARTS: Final = {
    "drafts": gettext_lazy("What was written and never handed in"),
    "files": gettext_lazy("Uploaded files; their names, sizes and digests stay"),
    "contacts": gettext_lazy("Addresses of people without an account, answers and files of registrations, mails about the cycle"),
    "notes": gettext_lazy("Judges' private notes, and what they asked the organizers"),
}
COUNTED: Final = {
    "entries": gettext_lazy("entries never handed in"),
    "drafts": gettext_lazy("drafts after the last version"),
    "idea_drafts": gettext_lazy("drafts of ideas"),
    "files": gettext_lazy("files"),
    "addresses": gettext_lazy("addresses"),
    "invitations": gettext_lazy("open invitations"),
    "registrations": gettext_lazy("registrations with answers"),
    "registration_files": gettext_lazy("files of registrations"),
    "requests": gettext_lazy("requests to join"),
    "codes": gettext_lazy("invite codes of teams"),
    "mails": gettext_lazy("mails"),
    "notes": gettext_lazy("sheets with notes"),
}


def retention_rules(design: Design) -> list[str]:
    """The retention rule, a sentence each: what goes when, and what stays."""
    said = []
    for part, days in design.retention.parts.items():
        after = ngettext("%(days)d day after the cycle has closed", "%(days)d days after the cycle has closed", days)
        said.append(_("%(what)s: deleted %(after)s.") % {"what": PARTS[part], "after": after % {"days": days}})
    kept = [str(words) for part, words in PARTS.items() if part not in design.retention.parts]
    said += [_("%(what)s: kept.") % {"what": words} for words in kept]
    said.append(
        _(
            "Results, published boards with their digests, decisions and the journal are always kept, so that everything can be verified."
        )
    )
    return said


def listed_words(found: list[Listed]) -> list[dict[str, Any]]:
    """What will be deleted when: {what, days, due, counts: words}."""
    return [
        {
            "what": PARTS[one.part],
            "days": one.days,
            "due": one.due,
            "counts": [f"{count} {COUNTED.get(name, name)}" for name, count in one.counts.items() if count],
        }
        for one in found
    ]
