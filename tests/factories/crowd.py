"""A crowd: everything that stands in the database many times over, by few statements, so that lists are long.

A copy stands among copies: the fifth copy of a sheet is of the fifth copy of its team, and marks its fifth version. Besides, each thing
that somebody looks at gets its fill: three hundred sheets of one judge, three hundred posts in one thread. Whatever a new kind of row
hangs on, it comes along without anybody thinking of it.
"""

from collections.abc import Collection, Iterator
from copy import copy
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import uuid4

from django.apps import apps
from django.db import models
from django.db.models import ForeignKey, Model, Q
from django.db.models.base import ModelState
from django.db.models.expressions import Combinable, F

MANY: Final = 300
APPS: Final = ("accounts", "games", "leaderboards")
STAY: Final[dict[str, str]] = {
    "Challenge": "rules",
    "Round": "rules",
    "Board": "rules",
    "Design": "rules",
    "Cycle": "comes with its rules",
    "Series": "has cycles",
    "Playbook": "rules",
    "Draft": "one of a cycle",
    "Rehearsal": "one of a draft",
    "PointsCursor": "one of a cycle",
    "Retrospective": "one of a cycle",
    "Sealer": "one of the journal",
    "SigningKey": "one of the instance at a time",
    "KeyStatement": "one for each new key",
    "JournalEntry": "a chain",
    "RecomputeRun": "work that waits",
    "SelfCheck": "kept short by the worker",
}
"""What is not copied, with the reason."""
FREE: Final = frozenset(
    {"key", "name", "email", "entry", "digest", "word", "subject", "invite_code", "public_id", "token", "about"}
)
"""Texts that a copy may have of its own: no rule gives them a meaning."""
OF_ITS_OWN: Final[dict[str, tuple[str, ...]]] = {"Group": ("name",), "User": ("email",)}
"""What has to be another one though no field says so: the constraint is about an expression."""
EACH: Final = 4
"""Rows of one kind that are copied: of different states, before all."""
TESTS: Final[dict[str, Any]] = {
    "exact": lambda have, want: have == want,
    "in": lambda have, want: have in want,
    "isnull": lambda have, want: (have is None) == want,
    "gt": lambda have, want: have is not None and have > want,
    "gte": lambda have, want: have is not None and have >= want,
    "lt": lambda have, want: have is not None and have < want,
    "lte": lambda have, want: have is not None and have <= want,
}


def crowd(around: Collection[Model], many: int = MANY) -> None:
    """Copy what there is. `around`: the people, accounts and teams of whom there are copies, and who get their fill."""
    made = Copies(around, many)
    for model in ordered():
        made.copy(model)
    made.tie()


def too_few(many: int = MANY) -> dict[str, int]:
    """Of what there are fewer rows than a crowd has, though nobody said why."""
    counts = {one.__name__: one._default_manager.count() for one in ordered()}
    return {name: count for name, count in counts.items() if count < many}


def ordered() -> list[type[Model]]:
    """The models to copy, each after what it needs."""
    found: list[type[Model]] = []
    seen: set[type[Model]] = set()

    def visit(model: type[Model]) -> None:
        if model in seen:
            return
        seen.add(model)
        for one in sorted(keys_of(model), key=lambda key: key.null):
            if not one.null or one.related_model in copied:
                visit(one.related_model)
        found.append(model)

    copied = [one for app in APPS for one in apps.get_app_config(app).get_models() if one.__name__ not in STAY]
    for one in copied:
        visit(one)
    return [one for one in found if one in copied]


def keys_of(model: type[Model]) -> list[Any]:
    return [one for one in model._meta.local_concrete_fields if isinstance(one, ForeignKey)]


def holds(condition: Q, row: Model) -> bool:
    """Whether a condition of a constraint holds for a row that is not written yet."""
    found = []
    for child in condition.children:
        if isinstance(child, Q):
            found.append(holds(child, row))
            continue
        assert isinstance(child, tuple), f"{child} in a constraint of {type(row).__name__}: only lookups can be tried here"
        path, want = child
        name, _, test = path.partition("__")
        if isinstance(want, F):
            want = value_of(row, want.name)
        assert not isinstance(want, Combinable)
        found.append(TESTS[test or "exact"](value_of(row, name), want))
    held = any(found) if condition.connector == Q.OR else all(found)
    return held != condition.negated


def value_of(row: Model, name: str) -> Any:
    return getattr(row, row._meta.get_field(name).attname)  # type: ignore[union-attr]


class Uniques:
    """What there must be only one of in a table."""

    def __init__(self, model: type[Model], rows: Collection[Model]) -> None:
        single = [one.name for one in model._meta.local_concrete_fields if one.unique and not isinstance(one, models.AutoField)]
        every = [one for one in model._meta.constraints if isinstance(one, models.UniqueConstraint) and one.fields]
        self.sets: list[tuple[tuple[str, ...], Q | None]] = [((name,), None) for name in single]
        self.sets += [(tuple(one.fields), one.condition) for one in every]
        self.checks = [one.condition for one in model._meta.constraints if isinstance(one, models.CheckConstraint)]
        self.taken: set[tuple[Any, ...]] = set()
        self.last: dict[str, int] = {}
        for field in model._meta.local_concrete_fields:
            if isinstance(field, models.IntegerField):
                self.last[field.name] = max((value_of(one, field.name) or 0 for one in rows), default=0)
        for one in rows:
            self.take(one)

    def keys(self, row: Model) -> Iterator[tuple[tuple[str, ...], tuple[Any, ...]]]:
        for fields, condition in self.sets:
            values = tuple(value_of(row, name) for name in fields)
            if None not in values and (condition is None or holds(condition, row)):
                yield fields, (fields, *values)

    def take(self, row: Model) -> None:
        self.taken.update(key for _, key in self.keys(row))

    def fits(self, row: Model, number: int) -> bool:
        """Give the row what it must have of its own; False where that cannot be."""
        for name in OF_ITS_OWN.get(type(row).__name__, ()):
            self.renew(row, row._meta.get_field(name), number)
        for fields, key in self.keys(row):
            if key in self.taken and not any(self.renew(row, row._meta.get_field(name), number) for name in fields):
                return False
        if not all(holds(one, row) for one in self.checks) or any(key in self.taken for _, key in self.keys(row)):
            return False
        self.take(row)
        return True

    def renew(self, row: Model, field: Any, number: int) -> bool:
        value = value_of(row, field.name)
        fresh: Any = None
        match field:
            case ForeignKey():
                return False
            case models.UUIDField():
                fresh = uuid4()
            case models.CharField() if field.name in FREE:
                most = field.max_length or 60
                fresh = f"{number}-{value}"[:most] if field.name in {"email", "digest"} else f"{value[: most - 12]}-{number}"
                if ((field.name,), fresh) in self.taken:
                    fresh = f"{uuid4().hex[:8]}{fresh}"[:most]
            case models.IntegerField() if field.name != "generation":
                self.last[field.name] += 1
                fresh = self.last[field.name]
            case models.DateTimeField() | models.DateField():
                self.last[field.name] = self.last.get(field.name, 0) + 1
                step = (
                    timedelta(minutes=self.last[field.name])
                    if isinstance(value, datetime)
                    else timedelta(days=self.last[field.name])
                )
                fresh = value - step if isinstance(value, datetime | date) else None
        if fresh is None:
            return False
        setattr(row, field.attname, fresh)
        return True


class Copies:
    """What was copied so far: of each row the ids of its copies, in order."""

    def __init__(self, around: Collection[Model], many: int) -> None:
        self.many = many
        self.around: dict[type[Model], list[Any]] = {}
        for one in around:
            self.around.setdefault(type(one), []).append(one.pk)
        self.of: dict[type[Model], dict[Any, list[Any]]] = {}
        self.late: list[tuple[Model, Any, Any, int]] = []

    def copy(self, model: type[Model]) -> None:
        rows = list(model._default_manager.order_by("pk"))
        uniques, found = Uniques(model, rows), list[tuple[Any, Model]]()
        for row, stays in self.wanted(model, rows):
            for number in range(self.many):
                one = self.copied(row, stays, number)
                if uniques.fits(one, number):
                    found.append((row.pk, one))
        model._default_manager.bulk_create([one for _, one in found], batch_size=500)
        mine = self.of.setdefault(model, {})
        for pk, one in found:
            mine.setdefault(pk, []).append(one.pk)

    def wanted(self, model: type[Model], rows: list[Any]) -> Iterator[tuple[Any, str]]:
        """(row, name of the key that stays as it is): once with all that it hangs on copied, then once for each whose fill it is."""
        if model in self.around:
            yield from ((row, "") for row in rows if row.pk in self.around[model])
            return
        keys = [one for one in keys_of(model) if one.related_model in self.of]
        apart: dict[Any, Any] = {}
        for row in sorted(rows, key=lambda row: -sum(value_of(row, one.name) in self.of[one.related_model] for one in keys)):
            apart.setdefault((str(getattr(row, "state", "")), str(getattr(row, "kind", ""))), row)
        chosen = list(apart.values())[:EACH]
        chosen += [row for row in rows if row not in chosen][: max(0, 2 - len(chosen))]
        yield from ((row, "") for row in chosen)
        for key in keys:
            first: dict[Any, Any] = {}
            for row in rows:
                first.setdefault(value_of(row, key.name), row)
            first.pop(None, None)
            wanted = self.around.get(key.related_model) or list(first)[:EACH]
            yield from ((first[pk], key.name) for pk in wanted if pk in first)

    def copied(self, row: Any, stays: str, number: int) -> Any:
        one = copy(row)
        one._state = ModelState()
        if isinstance(one._meta.pk, models.AutoField):
            one.pk = None
        for key in keys_of(type(row)):
            if key.name == stays or (before := value_of(row, key.name)) is None:
                continue
            if key.related_model in self.of:
                ids = self.of[key.related_model].get(before)
                if ids:
                    setattr(one, key.attname, ids[number % len(ids)])
            elif key.null and key.related_model.__name__ not in STAY:
                setattr(one, key.attname, None)
                self.late.append((one, key, before, number))
        return one

    def tie(self) -> None:
        """What points at something that was copied later."""
        by: dict[tuple[type[Model], str], list[Model]] = {}
        for one, key, before, number in self.late:
            ids = self.of.get(key.related_model, {}).get(before)
            if one.pk is not None and ids:
                setattr(one, key.attname, ids[number % len(ids)])
                by.setdefault((type(one), key.name), []).append(one)
        for (model, name), rows in by.items():
            model._default_manager.bulk_update(rows, [name], batch_size=400)
