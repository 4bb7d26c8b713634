"""credit.csv: why points came back to those who were built upon. Its rows, its checks, what of it may go to everybody."""

from collections.abc import Collection, Mapping
from fractions import Fraction
from typing import NamedTuple

from games.bundles.earned_rows import CreditRow, PointRow
from games.bundles.rules import Faults
from games.bundles.tables import Table, Tables
from games.bundles.told import check_points
from games.playbooks.schema import CREDIT
from leaderboards.engine.language import gettext as _

type Key = tuple[int, str, str]
"""Number of the act, rule, group: a row of points.csv."""


class Known(NamedTuple):
    """What rows of credit speak of: points given, ideas."""

    points: Mapping[Key, PointRow]
    ideas: Collection[int]


def check_earned(tables: Tables, groups: Collection[str], faults: Mapping[str, Faults]) -> None:
    """Points, and why some of them came back."""
    check_points(tables.points, groups, faults["points"])
    check_credit(tables, faults["credit"])


def check_credit(tables: Tables, faults: Faults) -> None:
    """Each row explains points that are there, by an award that is there, of another group; its ideas are there, each once."""
    known = Known(
        {(row.number, row.rule, row.group): row for row in tables.points.rows}, {row.number for row in tables.ideas.rows}
    )
    seen: set[tuple[Key, int]] = set()
    for place, row in enumerate(tables.credit.rows):
        number = tables.credit.number(place)
        key = (row.number, row.rule, row.group)
        if key not in known.points:
            faults.add(
                _('act {number} earned "{group}" nothing by rule "{rule}"', number=row.number, group=row.group, rule=row.rule),
                row=number,
                column="number",
            )
        if (row.award, row.rule.removesuffix(CREDIT), row.builder) not in known.points:
            said = _(
                'act {award} earned "{builder}" nothing by rule "{rule}"',
                award=row.award,
                builder=row.builder,
                rule=row.rule.removesuffix(CREDIT),
            )
            faults.add(said, row=number, column="award")
        for column, idea in (("of", row.of), ("to", row.to)):
            if idea and idea not in known.ideas:
                faults.add(_("idea {idea} is not in ideas.csv", idea=idea), row=number, column=column)
        if row.to and (key, row.to) in seen:
            faults.add(_("idea {to} is credited twice", to=row.to), row=number, column="to")
        seen.add((key, row.to))
        if row.exact is None or row.exact <= 0:
            faults.add(_("expected what came to it, above 0"), row=number, column="exact")
        if any(one != "-" and not one.isdecimal() for one in row.ways.replace(";", " ").split()):
            faults.add(_('expected numbers of ideas, ways apart by ";"'), row=number, column="ways")


def public_credit(tables: Tables, found: Tables) -> Table[CreditRow]:
    """For everybody: ideas that are not in their bundle are not named, nor ways through them."""
    there = {row.number for row in found.ideas.rows}
    rows = [
        row._replace(
            of=row.of if row.of in there else 0,
            to=row.to if row.to in there else 0,
            ways=ways_text([way for way in ways_of(row.ways) if set(way) <= there]) if row.to in there else "",
        )
        for row in tables.credit.rows
    ]
    return Table(rows, tables.credit.extra)


def ways_of(text: str) -> list[list[int]]:
    """The ways of a cell: ideas between the newer one and the credited one; "-" for none between."""
    return [[int(one) for one in way.split() if one != "-"] for way in text.split(";") if way.strip()]


def ways_text(ways: Collection[Collection[int]]) -> str:
    """Ways as a cell of credit.csv."""
    return ";".join(" ".join(map(str, way)) or "-" for way in ways)


def flowed(tables: Tables) -> tuple[set[Key], set[Key]]:
    """Rows of points.csv that came back to somebody, and rows that brought it to them."""
    came = {(row.number, row.rule, row.group) for row in tables.credit.rows}
    built = {(row.award, row.rule.removesuffix(CREDIT), row.builder) for row in tables.credit.rows}
    return came, built


def exact_of(parts: Collection[Fraction | None]) -> Fraction:
    """What came to a group by one act, over all its ideas."""
    return sum((part for part in parts if part is not None), Fraction(0))
