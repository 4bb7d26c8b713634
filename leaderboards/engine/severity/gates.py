"""When severities may be taken off, and what to say beside them. Words, for whoever reads the result."""

from typing import Final

from leaderboards.engine.severity.ratings import Overlap

JUDGES: Final = 4
MOST_JUDGES: Final = 1500  # taking the table of judges apart grows with its cube: some seconds
FREEDOM: Final = 15
SHEETS: Final = 3
CONNECTED: Final = 1.0


def gate(judges: int, df: int) -> str:
    """Why the plain mean has to count instead; empty where severities may be taken off. `df`: ratings beyond one for each entry."""
    if judges < JUDGES:
        return f"there are fewer than {JUDGES} judges ({judges})"
    if judges > MOST_JUDGES:
        return f"there are more than {MOST_JUDGES} judges ({judges})"
    if df < FREEDOM:
        return f"too few entries were judged more than once ({max(df, 0)} marks beyond the first of each entry, {FREEDOM} are needed)"
    return ""


def warnings(overlap: Overlap) -> list[str]:
    """What makes severities less sure, though they are taken off."""
    found = []
    if overlap.components > 1:
        found.append(
            f"The judges fall into {overlap.components} groups that share no entry: entries of different groups compare only as their"
            " plain means do. Let some judges read entries of another group."
        )
    elif overlap.lambda2 < CONNECTED:
        found.append("The judges share few entries with one another, so that their severities are known only roughly.")
    few = sum(1 for count in overlap.sheets if count < SHEETS)
    if few:
        judges = "1 judge has" if few == 1 else f"{few} judges have"
        found.append(f"{judges} fewer than {SHEETS} sheets: hardly anything is taken off them, for hardly anything is known.")
    single = sum(1 for count in overlap.reviews if count == 1)
    if single:
        entries = "1 entry was" if single == 1 else f"{single} entries were"
        found.append(f"{entries} judged by one judge only: look at how wide their range is.")
    return found
