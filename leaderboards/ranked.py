"""Live ranks of very large boards: a sorted set in Redis per board and bracket, for boards that rank by one whole number alone.

Equal numbers share the place (1224); among them the key of the group says who is shown first. Both sides of such a board have the same
ranks, and the public one other names for those who keep theirs. Whoever fills a set says with a text, `at`, how far it had read what the
set follows from; a change names the text it starts from, and is refused where the set stands elsewhere. So changes may come twice, late
or from two workers at once. Nothing in here is lost with Redis: a set that is not there, or not whole, is None, and is built again.
"""

import hashlib
import logging
import secrets
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from enum import IntEnum
from functools import cache
from itertools import batched
from typing import Any, Final, NamedTuple

import orjson
import redis
from django.conf import settings
from redis.exceptions import RedisError

from leaderboards.ranked_scripts import APPLY, AROUND, CHANGED, PAGE, STATE, SWAP

logger = logging.getLogger(__name__)

MOST: Final = 2**51
"""Numbers of a member are less than this: a double holds them, and what stands behind everybody, exactly."""
RANKED: Final = "ranked"
BEHIND: Final[Mapping[str, int]] = {"withdrawn": 2 * MOST, "disqualified": 2 * MOST + 1}
"""Who has no place stands behind those who have one, in this order."""
BETWEEN: Final = "\x1f"
CHUNK: Final = 5000
ALONE: Final = 60  # seconds for which whoever builds is left alone, from its last sign of life
UNFINISHED: Final = 900  # seconds until what a builder left behind is gone
CHANGES: Final = 200


class Member(NamedTuple):
    """Somebody on a board. `key` never leaves Redis where a public name stands for it."""

    key: str
    amount: int
    name: str
    bracket: str = ""
    status: str = RANKED


class Ranked(NamedTuple):
    """A row as it is read: `rank` orders rows for showing, `place` is what is shown (0: none). `values`: what every row has beside."""

    key: str
    rank: int
    place: int
    amount: int
    name: str
    bracket: str
    status: str
    values: Mapping[str, Any]


class State(NamedTuple):
    """What a whole set says of itself."""

    at: str
    version: int
    brackets: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many members."""
        return sum(self.brackets.values())


class Applied(IntEnum):
    """What became of a change."""

    MISSING = -1
    REFUSED = 0
    DONE = 1


# --- Redis ------------------------------------------------------------------------------------------------------------------------------


@cache
def _connected(url: str) -> "redis.Redis":
    return redis.Redis.from_url(url, decode_responses=True, socket_connect_timeout=0.5, socket_timeout=5)


def client() -> "redis.Redis":
    """The connection of this process to the server of the cache."""
    place: Any = settings.CACHES["default"]["LOCATION"]
    return _connected(place)


def _key(board: int) -> str:
    return f"{settings.PREFIX}ranks:{{{board}}}"


@cache
def _digest(script: str) -> str:
    return hashlib.sha1(script.encode(), usedforsecurity=False).hexdigest()


def _run(script: str, board: int, *arguments: str | int) -> Any:
    """Run a script on a board's set. Raises RedisError, OSError."""
    one = client()
    try:
        return one.evalsha(_digest(script), 1, _key(board), *arguments)
    except redis.exceptions.NoScriptError:
        return one.eval(script, 1, _key(board), *arguments)


def _asked(script: str, board: int, *arguments: str | int) -> Any:
    """The same; None where Redis is away or the set is not whole."""
    if not settings.HAS_REDIS:
        return None
    try:
        return _run(script, board, *arguments)
    except (RedisError, OSError) as error:
        logger.warning("ranks of board %s are not to be had (%s)", board, error)
        return None


# --- Reads, one round trip each; None: there is no whole set --------------------------------------------------------------------------------


def state(board: int) -> State | None:
    """What the set of a board says of itself."""
    found = _asked(STATE, board)
    if found is None:
        return None
    said = dict(zip(found[::2], found[1::2], strict=True))
    counts = {name.removeprefix("count:"): int(value) for name, value in said.items() if name.startswith("count:")}
    brackets = {name: counts[name] for name in sorted(counts) if counts[name]}
    return State(said["at"], int(said["version"]), brackets)


def page(board: int, side: str, bracket: str, start: int, stop: int) -> tuple[int, list[Ranked]] | None:
    """How many there are in the bracket, and those from `start` up to (not with) `stop`."""
    if stop <= start:
        return 0, []
    found = _asked(PAGE, board, bracket, start, stop - 1, side)
    return None if found is None else (found[1], _rows(found))


def around(board: int, side: str, who: str, reach: int) -> list[Ranked] | None:
    """The row of a group by its key on this side, with `reach` neighbours on each side; empty if it is not there."""
    return _found(_asked(AROUND, board, reach, side, who))


def those(board: int, side: str, keys: Sequence[str]) -> list[Ranked] | None:
    """The rows of these groups, in this order, without those that are not there."""
    return _found(_asked(AROUND, board, 0, side, *keys)) if keys else []


def changed(board: int, side: str, version: int, most: int = CHANGES) -> list[Ranked] | None:
    """Rows that changed after a version, the last `most` of them: groups whose number changed, not those whom they passed."""
    return _found(_asked(CHANGED, board, version, most, side))


def _found(answer: Any) -> list[Ranked] | None:
    return None if answer is None else _rows(answer)


def _rows(answer: Any) -> list[Ranked]:
    shape, _, cells = answer
    values = orjson.loads(shape)
    return [_row(cells[n : n + 6], values) for n in range(0, len(cells), 6)]


def _row(cells: Sequence[Any], values: Mapping[str, Any]) -> Ranked:
    member, rank, place, score, info, named = cells
    bracket, status, amount, name = info.split(BETWEEN, 3)
    stands, _, called = named.partition(BETWEEN)
    ranked = status == RANKED
    return Ranked(
        stands or member,
        rank,
        place if ranked else 0,
        -int(score) if ranked else int(amount),
        called if stands else name,
        bracket,
        status,
        values,
    )


# --- Writes -----------------------------------------------------------------------------------------------------------------------------


def _score(one: Member) -> int:
    if abs(one.amount) >= MOST:
        message = f"{one.amount} is too large to be ranked exactly"
        raise OverflowError(message)
    return -one.amount if one.status == RANKED else BEHIND[one.status]


def _info(one: Member) -> str:
    """Only who has no place needs the number here: that of the others is their score."""
    return f"{one.bracket}{BETWEEN}{one.status}{BETWEEN}{'' if one.status == RANKED else one.amount}{BETWEEN}{one.name}"


def apply(board: int, members: Iterable[Member], *, since: str, until: str, version: int, gone: Iterable[str] = ()) -> Applied:
    """Put members where they belong now and take out who is gone, if the set stands at `since`; it stands at `until` then.

    Raises RedisError, OSError: nothing, or all of it, was done.
    """
    cells: list[str | int] = []
    for one in members:
        cells += (one.key, one.bracket, _score(one), _info(one))
    for key in gone:
        cells += (key, "", 0, "")
    return Applied(_run(APPLY, board, since, until, version, *cells))


def build(
    board: int,
    members: Iterable[Member],
    *,
    at: str,
    version: int,
    values: Mapping[str, Any],
    unnamed: Mapping[str, tuple[str, str]],
) -> bool:
    """Fill a set beside the one that counts, then let it count. False if somebody else is building.

    `unnamed`: key → (key, name) on the public side, of those who keep theirs. `values`: what every row has beside its number.
    Raises RedisError, OSError.
    """
    one, key, token = client(), _key(board), secrets.token_hex(6)
    if not one.set(f"{key}:building", token, nx=True, ex=ALONE):
        return False
    try:
        beside = _fill(one, key, token, members)
        if unnamed:
            names: dict[Any, Any] = {member: f"{stands}{BETWEEN}{name}" for member, (stands, name) in unnamed.items()}
            one.hset(f"{key}:{token}:unnamed", mapping=names)
            one.hset(f"{key}:{token}:stands", mapping={stands: member for member, (stands, _) in unnamed.items()})
        said: dict[str, Any] = {f"count:{bracket}": number for bracket, number in beside.items()}
        said |= {
            "token": token,
            "at": at,
            "version": version,
            "shape": orjson.dumps(dict(values)).decode(),
            "hidden": len(unnamed),
        }
        fields = [cell for pair in said.items() for cell in pair]
        keys = [f"{key}:{token}:z:{bracket}" for bracket in beside] + [f"{key}:{token}:info"]
        return bool(_run(SWAP, board, token, len(fields), *fields, *keys))
    except BaseException:
        if one.get(f"{key}:building") == token:
            one.delete(f"{key}:building")
        raise


def _fill(one: "redis.Redis", key: str, token: str, members: Iterable[Member]) -> Counter[str]:
    """Members into sets of their brackets and names into one hash, in portions. How many are in each bracket."""
    counts: Counter[str] = Counter()
    info = f"{key}:{token}:info"
    for chunk in batched(members, CHUNK):
        pipe: Any = one.pipeline(transaction=False)
        scores: dict[str, list[str | int]] = {}
        names: list[str] = []
        for member in chunk:
            scores.setdefault(member.bracket, []).extend((_score(member), member.key))
            names += (member.key, _info(member))
        pipe.execute_command("HSET", info, *names)
        pipe.expire(info, UNFINISHED)
        for bracket, cells in scores.items():
            pipe.execute_command("ZADD", f"{key}:{token}:z:{bracket}", *cells)
            pipe.expire(f"{key}:{token}:z:{bracket}", UNFINISHED)
            counts[bracket] += len(cells) // 2
        pipe.expire(f"{key}:building", ALONE)
        pipe.execute()
    return counts
