"""The points of an example's ideas and the credit that flows on from them: `python examples/credit.py NAME ...`.

Read are its cycle.toml (the rule for shared ideas that flows), ideas.csv and derivations.csv; written are points.csv and credit.csv, by the
engine that runs in a cycle. Running it twice gives identical files.
"""

import csv
import sys
import tomllib
from collections import defaultdict
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from leaderboards.engine import numbers
from leaderboards.engine.credit import Share, Terms, credit, equal_links, ways_between, whole

EXAMPLES = Path(__file__).parent
Row = dict[str, str]


def read(path: Path) -> list[Row]:
    """The rows of a table."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def write(path: Path, header: str, rows: list[tuple[object, ...]]) -> None:
    """A table, its rows in this order."""
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(header.split())
        out.writerows(rows)


def recognize(folder: Path) -> None:
    """One award for each idea in order of time, and its credit in whole points. The ideas are numbered in order of time within a track."""
    design = tomllib.loads((folder / "cycle.toml").read_text(encoding="utf-8"))
    rule = next(one for one in design["rules"] if one.get("flows"))
    table = design.get("credit", {})
    terms = Terms(Fraction(table.get("share", "1/4")), table.get("depth", 3))
    ideas = {int(row["number"]): row for row in read(folder / "ideas.csv")}
    sources: defaultdict[int, list[int]] = defaultdict(list)
    for row in read(folder / "derivations.csv"):
        sources[int(row["target"])].append(int(row["source"]))
    links = equal_links(sources)
    owners = {number: {row["group"]: Fraction(1)} for number, row in ideas.items()}
    points: list[tuple[object, ...]] = []
    lines: list[tuple[object, ...]] = []
    for act, (idea, row) in enumerate(sorted(ideas.items(), key=lambda one: (one[1]["shared"], one[0])), 1):
        points.append((act, rule["key"], row["group"], rule["points"], row["shared"]))
        shares = credit(idea, Fraction(rule["points"]), links, owners, terms=terms)
        by_group: defaultdict[str, list[Share[str]]] = defaultdict(list)
        for one in shares:
            by_group[one.owner].append(one)
        amounts = whole({group: sum((one.amount for one in found), Fraction(0)) for group, found in by_group.items()})
        for group, amount in amounts.items():
            if amount == 0:
                continue
            key = f"{rule['key']}.credit"
            points.append((act, key, group, amount, row["shared"]))
            for one in by_group[group]:
                ways = ways_between(idea, one.work, links, owners, terms=terms)
                told = ";".join(" ".join(map(str, way)) or "-" for way in ways)
                lines.append(
                    (act, key, group, act, row["group"], idea, one.work, one.depth, numbers.text(one.amount), amount, told)
                )
    write(folder / "points.csv", "number rule group amount at", points)
    write(folder / "credit.csv", "number rule group award builder of to depth exact uncapped ways", lines)


if __name__ == "__main__":
    for name in sys.argv[1:] or ["nanogpt-speedrun"]:
        recognize(EXAMPLES / name)
