"""credit.csv: why points came back goes along, is checked, and can be computed anew from what came from what."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest
from django.db.models import Sum

from games.bundles.actions.importing import import_path
from games.bundles.queries import bundle_of
from games.bundles.reading import read_path
from games.bundles.rules import BundleRefused
from games.bundles.verify import verify
from games.recognition.models import Credit, CreditLine, Points, PointsTotal
from games.recognition.queries.credit import builders_of, credit_table, originators_of
from leaderboards.models import Standing
from tests.games.bundles.conftest import Build
from tests.games.bundles.test_shared import FILES, HEAD

pytestmark = pytest.mark.django_db
EXAMPLE = Path(__file__).parents[3] / "examples" / "nanogpt-speedrun"


def by_hand(bundle_ideas: Mapping[int, str], before: Mapping[int, int], idea: int) -> dict[str, Fraction]:
    """Credit of one record by other code than the engine's: walk back along the one line, a quarter each time it meets a new team."""
    met, worth = {bundle_ideas[idea]}, Fraction(100)
    found: dict[str, Fraction] = {}
    while idea in before and len(found) < 3:
        idea = before[idea]
        team = bundle_ideas[idea]
        if team not in met:
            met.add(team)
            worth /= 4
            found[team] = worth
    return found


def test_nanogpt_credit_of_107_records_computed_by_hand() -> None:
    """Sums exact: every line of the table, every whole point, and both sums."""
    tables = read_path(EXAMPLE).bundles[0].tables
    teams = {row.number: row.group for row in tables.ideas.rows}
    before = {row.target: row.source for row in tables.derivations.rows}
    told: defaultdict[int, dict[str, Fraction]] = defaultdict(dict)
    for line in tables.credit.rows:
        assert line.exact is not None
        told[line.of][line.group] = line.exact
    whole: defaultdict[int, Counter[str]] = defaultdict(Counter)
    acts = {row.award: row.of for row in tables.credit.rows}
    for row in tables.points.rows:
        if row.rule == "record.credit":
            whole[acts[row.number]][row.group] += row.amount
    for idea in teams:
        exact = by_hand(teams, before, idea)
        assert sum(whole[idea].values()) == int(sum(exact.values(), Fraction(0)))
        assert told[idea] == {team: worth for team, worth in exact.items() if whole[idea][team]}
        assert all(abs(whole[idea][team] - worth) < 1 for team, worth in exact.items())
    own = sum(row.amount for row in tables.points.rows if row.rule == "record")
    assert (own, sum(sum(found.values()) for found in whole.values())) == (10_700, 3318)


def test_nanogpt_has_its_credit_table_and_goes_round(tmp_path: Path) -> None:
    [cycle] = import_path(EXAMPLE)
    rows = credit_table(cycle)
    assert [(row.group.key, row.came) for row in rows[:3]] == [
        ("classiclarryd", 336),
        ("varunneal", 282),
        ("chrisjmccormick", 222),
    ]
    assert sum(row.came for row in rows) == 3318
    total = PointsTotal.objects.filter(cycle=cycle).aggregate(sum=Sum("amount"))["sum"]
    assert total == 10_700 + 3318 == Points.objects.filter(cycle=cycle).aggregate(sum=Sum("amount"))["sum"]
    first = Standing.objects.filter(board__scope=cycle.pk, board__key="originators", audience="public").order_by("rank").first()
    assert first is not None
    assert (first.entry, Fraction(first.score or 0)) == ("classiclarryd", Fraction(336))
    assert all(Fraction(line.exact) > 0 and line.to.cycle_id == cycle.pk for line in CreditLine.objects.select_related("to")[:20])
    tables = bundle_of(cycle).tables
    assert tables.credit == read_path(EXAMPLE).bundles[0].tables.credit
    again = verify(bundle_of(cycle))
    assert again.differences == ()
    assert sum(builders_of(cycle).values()) == 10_700 - 100 * sum(
        1 for row in tables.ideas.rows if not _built(tables, row.number)
    )
    assert sum(originators_of(cycle).values()) == 3318
    assert Credit.objects.filter(points__cycle=cycle, of=None).count() == 0


def _built(tables: object, idea: int) -> bool:
    return any(row.of == idea for row in tables.credit.rows)  # type: ignore[attr-defined]


IDEAS = HEAD + "1,tactic,T,everybody,2026-03-01T00:00:00Z,a,,,,,,\n2,tactic,U,organizers,2026-03-02T00:00:00Z,b,,,,,,\n"
POINTS = "number,rule,group,amount,at\n1,r,b,20,2026-03-02T00:00:00Z\n1,r.credit,a,5,2026-03-02T00:00:00Z\n"
CREDIT = "number,rule,group,award,builder,of,to,exact,ways\n"
VERSIONS = "idea,number,title,at\n1,1,T,2026-03-01T00:00:00Z\n2,1,U,2026-03-02T00:00:00Z\n"


def files(credit: str) -> dict[str, str]:
    return FILES | {"ideas.csv": IDEAS, "idea_versions.csv": VERSIONS, "points.csv": POINTS, "credit.csv": CREDIT + credit}


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("2,r.credit,a,1,b,2,1,5,-\n", 'act 2 earned "a" nothing by rule "r.credit"'),
        ("1,r.credit,a,1,a,2,1,5,-\n", 'act 1 earned "a" nothing by rule "r"'),
        ("1,r.credit,a,1,b,7,1,5,-\n", "idea 7 is not in ideas.csv"),
        ("1,r.credit,a,1,b,2,1,0,-\n", "expected what came to it, above 0"),
        ("1,r.credit,a,1,b,2,1,5,x\n", 'expected numbers of ideas, ways apart by ";"'),
        ("1,r.credit,a,1,b,2,1,5,-\n1,r.credit,a,1,b,2,1,4,-\n", "idea 1 is credited twice"),
    ],
)
def test_each_fault_is_named(build: Build, row: str, said: str) -> None:
    with pytest.raises(BundleRefused, match="credit") as refused:
        read_path(build(files(row)))
    assert said in [one.message for one in refused.value.problems]
