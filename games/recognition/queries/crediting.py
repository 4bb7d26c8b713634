"""What credit needs to know before acts are read: which ideas they are about, what those came from, and what was credited before."""

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from typing import Final

from django.db.models import Exists, F, Max, Min, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Coalesce

from games.cycles.models import Cycle
from games.groups.queries import as_now
from games.ideas.models import CreditShare, Derivation, Idea
from games.ideas.rules import NO_CREDIT, WHOLE, Audience
from games.journal.rules import Kind
from games.learning.models import ChangeTest
from games.playbooks.schema import CREDIT, Design
from games.recognition.models import Credit, Points
from games.recognition.queries.editions import Edition
from games.recognition.rules.acts import Act
from games.recognition.rules.credit import BEYOND, CreditBook
from games.submissions.models import Attempt, Submission
from leaderboards.engine.credit import Links

FURTHEST: Final = 64
"""So many links back at most: ideas of one team in a row use up no step of credit, but this ends."""
_OPEN: Final = frozenset({Audience.GROUPS.value, Audience.TEAMS.value, Audience.EVERYBODY.value})
_KINDS: Final = tuple(kind.value for kind in NO_CREDIT)


def book_for(cycle: Cycle, edition: Edition, design: Design, acts: Sequence[Act]) -> CreditBook | None:
    """What was credited so far and what came from what, as far as these acts may ask for it; None where no rule flows.

    Shares of joint ideas are those agreed when the journal is read.
    """
    flowing = {rule.key: rule.event for rule in design.rules if rule.flows}
    if not flowing or not design.recognition.points:
        return None
    book = CreditBook(design.credit, frozenset(flowing))
    points = edition.rows(cycle)
    _given_before(book, points, {act.subject for act in acts if act.subject})
    events = set(flowing.values()) | {Kind.IDEA_WIDENED.value}
    asked = [act for act in acts if act.subject and (act.kind in events or act.kind.partition(".")[0] in {"idea", "test"})]
    tried: dict[int, int] = {}
    _works(cycle, book, asked, tried)
    if not book.works:
        return book
    links = _links({work for work in book.works.values() if work < BEYOND} | set(tried.values()))
    reached = {older for found in links.values() for older, _ in found} | links.keys() | set(tried.values())
    book.owners = _owners(cycle, reached | {work for work in book.works.values() if work < BEYOND})
    book.links = links | {work: [(idea, Fraction(1))] for work, idea in tried.items()}
    _standing(book, points, {group for parts in book.owners.values() for group in parts})
    if edition.kept:
        _kept_beside(book, points, acts)
    return book


def _works(cycle: Cycle, book: CreditBook, acts: Iterable[Act], tried: dict[int, int]) -> None:
    """The work of each act: an idea that other teams may see; of an entry or a try its idea; of a test of somebody's idea a work of its own."""
    ids: dict[str, dict[int, str]] = {}
    for act in acts:
        what, _, pk = act.subject.partition(":")
        if pk.isascii() and pk.isdigit():
            ids.setdefault(what, {})[int(pk)] = act.subject
    found = {subject: number for number, subject in ids.get("idea", {}).items()}
    for number, (test, idea, group, owner) in enumerate(
        ChangeTest.objects.filter(cycle=cycle, pk__in=ids.get("change_test", {})).values_list(
            "pk", "idea_id", "group_id", "idea__group_id"
        )
    ):
        if idea is not None:
            subject = ids["change_test"][test]
            if group == owner:
                found[subject] = idea
            else:
                book.works[subject] = BEYOND + number
                tried[BEYOND + number] = idea
    found |= _of_work(Submission, "submission", ids.get("submission", {})) | _of_work(Attempt, "attempt", ids.get("attempt", {}))
    rows = Idea.objects.filter(cycle=cycle, pk__in=found.values(), hidden_at__isnull=True, safe=False)
    seen = set(
        rows.filter(Q(audience__in=_OPEN) | Q(submission__isnull=False) | Q(attempt__isnull=False)).values_list("pk", flat=True)
    )
    book.works |= {subject: pk for subject, pk in found.items() if pk in seen}


def _of_work(model: type[Submission] | type[Attempt], name: str, subjects: dict[int, str]) -> dict[str, int]:
    """Subject -> the idea it shows: the one that stands for it, else the newest that its group has shared about this task by then."""
    if not subjects:
        return {}
    done = "submitted_at" if name == "submission" else "at"
    rows = {
        pk: rest
        for pk, *rest in model._default_manager.filter(pk__in=subjects).values_list("pk", "group_id", "challenge_id", done)
    }
    stands = dict(Idea.objects.filter(**{f"{name}__in": subjects}).values_list(f"{name}_id", "pk"))
    told = Idea.objects.filter(group__in={row[0] for row in rows.values()}, challenge__in={row[1] for row in rows.values()})
    by_task: dict[tuple[int | None, int | None], list[tuple[object, int]]] = {}
    own = told.filter(submission__isnull=True, attempt__isnull=True, merged_into__isnull=True).order_by("shared_at", "pk")
    for pk, group, task, at in own.values_list("pk", "group_id", "challenge_id", "shared_at"):
        by_task.setdefault((group, task), []).append((at, pk))
    found = {}
    for pk, (group, task, at) in rows.items():
        newest = [idea for shared, idea in by_task.get((group, task), ()) if at is not None and shared <= at]
        idea = newest[-1] if newest else stands.get(pk)
        if idea is not None:
            found[subjects[pk]] = idea
    return found


def _links(starts: set[int]) -> dict[int, Links]:
    """What these ideas came from, and what that came from: equal parts of each idea's sources. A team's first idea that builds on a source
    links to it, its later ones do not again: their part of it goes nowhere.
    """
    sources: dict[int, list[int]] = {}
    waiting = starts
    for _ in range(FURTHEST):
        rows = Derivation.objects.filter(target__in=waiting).exclude(kind__in=_KINDS).order_by("target_id", "source_id")
        for target, source in rows.values_list("target_id", "source_id"):
            sources.setdefault(target, []).append(source)
        waiting = {one for target in waiting for one in sources.get(target, ())} - sources.keys()
        if not waiting:
            break
    again = _again(sources)
    return {
        target: [(one, Fraction(1, len(found))) for one in found if (target, one) not in again]
        for target, found in sources.items()
    }


def _again(sources: dict[int, list[int]]) -> set[tuple[int, int]]:
    """Links whose team had linked to the same source before."""
    groups = dict(Idea.objects.filter(pk__in=sources, group__isnull=False).values_list("pk", "group_id"))
    older = {one for found in sources.values() for one in found}
    rows = Derivation.objects.filter(source__in=older, target__group__in=set(groups.values())).exclude(kind__in=_KINDS)
    first = {
        (source, group): target
        for source, group, target in rows.values_list("source_id", "target__group_id").annotate(first=Min("target_id"))
    }
    return {
        (target, one)
        for target, found in sources.items()
        for one in found
        if target in groups and first.get((one, groups[target]), target) != target
    }


def _owners(cycle: Cycle, ideas: Collection[int]) -> dict[int, dict[int, Fraction]]:
    """Whose each idea is, in parts. Nobody's: what has no team, was told in the safe room, or is hidden. An idea of an earlier cycle is its
    team's as it takes part in this one; the part of a team that does not is nobody's.
    """
    rows = list(
        Idea.objects.filter(pk__in=ideas, hidden_at__isnull=True, safe=False).values_list(
            "pk", "group_id", "merged_into_id", "merged_into__group_id", "cycle_id"
        )
    )
    shares: dict[int, dict[int, Fraction]] = {}
    for idea, group, parts in CreditShare.objects.filter(idea__in={into or pk for pk, _, into, *_ in rows}).values_list(
        "idea_id", "group_id", "basis_points"
    ):
        shares.setdefault(idea, {})[group] = Fraction(parts, WHOLE)
    found, earlier = {}, set()
    for pk, group, into, intos_group, where in rows:
        alone = intos_group if into is not None else group
        found[pk] = shares.get(into or pk) or ({alone: Fraction(1)} if alone is not None else {})
        earlier |= {pk} if where != cycle.pk else set()
    return found | _brought_along(cycle, {pk: found[pk] for pk in earlier})


def _brought_along(cycle: Cycle, owners: dict[int, dict[int, Fraction]]) -> dict[int, dict[int, Fraction]]:
    """Owners of ideas of other cycles, as they take part in this one."""
    now = as_now(cycle, {group for parts in owners.values() for group in parts})
    found: dict[int, dict[int, Fraction]] = {}
    for pk, parts in owners.items():
        here = found.setdefault(pk, {})
        for group, part in parts.items():
            if group in now:  # two teams of then may be one now
                here[now[group]] = here.get(now[group], Fraction()) + part
    return found


def _given_before(book: CreditBook, points: QuerySet[Points], subjects: Collection[str]) -> None:
    """Who earned what credit flowed from, for what may be taken back now."""
    rows = points.filter(subject__in=subjects, rule__in=book.flowing, reverses__isnull=True, group__isnull=False)
    for seal, rule, group in rows.values_list("seal", "rule", "group_id"):
        book.builders[seal, rule] = group
    late = points.filter(subject__in=subjects, rule__in=_credited(book), reverses__isnull=True, credit__isnull=False)
    for seal, rule, group in late.values_list("seal", "rule", "credit__award__group_id"):
        book.builders.setdefault((seal, rule.removesuffix(CREDIT)), group)


def _standing(book: CreditBook, points: QuerySet[Points], groups: Collection[int]) -> None:
    """The largest award of each group, and what it was credited with, by whose work."""
    credited = _credited(book)
    book.largest = dict(_own(points, groups).values_list("group_id").annotate(most=Max("amount")).order_by())
    builder = Coalesce(F("credit__award__group_id"), F("reverses__credit__award__group_id"))
    rows = points.filter(group__in=groups, rule__in=credited).annotate(builder=builder).values_list("builder", "group_id")
    for by, group, amount in rows.annotate(total=Sum("amount")).order_by():
        if by is not None:
            book.received[group] = book.received.get(group, 0) + amount
            book.pairs[by, group] = amount


def _own(points: QuerySet[Points], groups: Collection[int]) -> QuerySet[Points]:
    return points.filter(group__in=groups, reverses__isnull=True, amount__gt=0).exclude(rule__endswith=CREDIT)


def _kept_beside(book: CreditBook, points: QuerySet[Points], acts: Sequence[Act]) -> None:
    """Where rules that did not change keep what they gave, rows of later acts are there already: each award counts from its own act on."""
    own = _own(points, {group for parts in book.owners.values() for group in parts})
    before = own.filter(seal__lt=acts[0].seal).values_list("group_id").annotate(most=Max("amount"))
    book.largest = dict(before.order_by())
    since = own.filter(seal__gte=acts[0].seal, seal__lte=acts[-1].seal).values_list("group_id", "amount")
    book.beside = [(first, group, amount) for group, amount, first in since.annotate(first=Min("seal")).order_by("-first")]


def _credited(book: CreditBook) -> list[str]:
    return [rule + CREDIT for rule in sorted(book.flowing)]


# --- Of what was given --------------------------------------------------------------------------------------------------------------------


def paid_back(rows: QuerySet[Points]) -> QuerySet[Points]:
    """Of these points those that came back to somebody who was built upon, and what was taken of them again."""
    return rows.filter(Q(credit__isnull=False) | Q(reverses__credit__isnull=False))


def worked_on(rows: QuerySet[Points]) -> QuerySet[Points]:
    """Of these points the awards from which credit flowed to others, and what was taken of them again."""
    flowed = Exists(Credit.objects.filter(award=OuterRef("pk")))
    again = Exists(Credit.objects.filter(award=OuterRef("reverses_id")))
    return rows.filter(flowed | again)


def sums_of(rows: QuerySet[Points]) -> dict[int, int]:
    """Group -> sum. One statement."""
    found = rows.filter(group__isnull=False).order_by().values_list("group_id").annotate(sum=Sum("amount"))
    return {group: amount for group, amount in found if group is not None}
