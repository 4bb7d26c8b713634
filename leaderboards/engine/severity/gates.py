"""When severities may be taken off, and what to say beside them. Words, for whoever reads the result."""

from typing import Final

from leaderboards.engine.language import gettext as _
from leaderboards.engine.language import ngettext
from leaderboards.engine.severity.ratings import Overlap

JUDGES: Final = 4
MOST_JUDGES: Final = 1500  # taking the table of judges apart grows with its cube: some seconds
FREEDOM: Final = 15
SHEETS: Final = 3
CONNECTED: Final = 1.0


def gate(judges: int, df: int) -> str:
    """Why the plain mean has to count instead; empty where severities may be taken off. `df`: ratings beyond one for each entry."""
    if judges < JUDGES:
        return _("there are fewer than {judges} judges ({judges2})", judges=JUDGES, judges2=judges)
    if judges > MOST_JUDGES:
        return _("there are more than {most_judges} judges ({judges})", most_judges=MOST_JUDGES, judges=judges)
    if df < FREEDOM:
        return _(
            "too few entries were judged more than once ({df} marks beyond the first of each entry, {freedom} are needed)",
            df=max(df, 0),
            freedom=FREEDOM,
        )
    return ""


def warnings(overlap: Overlap) -> list[str]:
    """What makes severities less sure, though they are taken off."""
    found = []
    if overlap.components > 1:
        found.append(
            _(
                "The judges fall into {components} groups that share no entry: entries of different groups compare only"
                " as their plain means do. Let some judges read entries of another group.",
                components=overlap.components,
            )
        )
    elif overlap.lambda2 < CONNECTED:
        found.append(_("The judges share few entries with one another, so that their severities are known only roughly."))
    few = sum(1 for count in overlap.sheets if count < SHEETS)
    if few:
        judges = ngettext("1 judge has", "{few} judges have", few, few=few)
        found.append(
            _(
                "{judges} fewer than {sheets} sheets: hardly anything is taken off them, for hardly anything is known.",
                judges=judges,
                sheets=SHEETS,
            )
        )
    single = sum(1 for count in overlap.reviews if count == 1)
    if single:
        entries = ngettext("1 entry was", "{single} entries were", single, single=single)
        found.append(_("{entries} judged by one judge only: look at how wide their range is.", entries=entries))
    return found
