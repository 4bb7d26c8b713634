"""Credit is given with the points it flows from, and each row of it says why."""

from collections.abc import Sequence
from typing import Final

from django.db.models import QuerySet

from games.cycles.models import Cycle
from games.playbooks.schema import CREDIT, Design
from games.recognition.models import Credit, CreditLine, Points
from games.recognition.queries.crediting import book_for
from games.recognition.queries.editions import Edition
from games.recognition.rules.credit import Because, CreditBook, read_on
from games.recognition.rules.points import Act, Award, Ledger
from leaderboards.engine import numbers

BATCH: Final = 500


def read_acts(
    cycle: Cycle, edition: Edition, design: Design, ledger: Ledger, acts: Sequence[Act]
) -> tuple[list[Award], CreditBook | None]:
    """What these acts earn, and what flows on from it. Where no rule flows, that is what the ledger reads, and there is no book."""
    book = book_for(cycle, edition, design, acts)
    if book is None:
        return [award for act in acts for award in ledger.read(act)], None
    return [award for act in acts for award in read_on(ledger, book, act)], book


def explain(cycle: Cycle, edition: Edition, book: CreditBook | None) -> None:
    """Write down why credit was given, once its points are written. What was given back has the reason it had before."""
    if book is None:
        return
    reasons = [
        (award.pk, why) for award, why in book.why if award.pk is not None and why is not None and why.award.pk is not None
    ]
    Credit.objects.bulk_create([_credit(pk, why) for pk, why in reasons], batch_size=BATCH)
    CreditLine.objects.bulk_create([line for pk, why in reasons for line in _lines(pk, why)], batch_size=BATCH)
    for award, why in book.why:
        if why is None and award.pk is not None:
            _as_before(edition.rows(cycle), award, award.pk)


def _credit(pk: int, why: Because) -> Credit:
    return Credit(points_id=pk, award_id=why.award.pk or 0, of_id=why.of, exact=numbers.text(why.exact), uncapped=why.uncapped)


def _lines(pk: int, why: Because) -> list[CreditLine]:
    return [
        CreditLine(
            credit_id=pk, to_id=one.to, depth=one.depth, exact=numbers.text(one.exact), ways=[list(way) for way in one.ways]
        )
        for one in why.lines
    ]


def _as_before(given: QuerySet[Points], award: Award, pk: int) -> None:
    rows = given.filter(subject=award.subject, rule=award.rule, group=award.group)
    before = Credit.objects.filter(points__in=rows.filter(partner=award.partner)).order_by("-pk").select_related("award").first()
    if before is None:
        return
    same = {"subject": award.subject, "rule": award.rule.removesuffix(CREDIT), "group": before.award.group_id}
    again = given.filter(reverses__isnull=True, **same).order_by("-pk").first()
    flowed = before.award_id if again is None else again.pk
    Credit.objects.create(points_id=pk, award_id=flowed, of_id=before.of_id, exact=before.exact, uncapped=before.uncapped)
    lines = list(before.lines.all())
    CreditLine.objects.bulk_create(
        [CreditLine(credit_id=pk, to_id=one.to_id, depth=one.depth, exact=one.exact, ways=one.ways) for one in lines]
    )
