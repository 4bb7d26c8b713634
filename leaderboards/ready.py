"""Answers of boards that are ready to send, in Redis: one hash per board, so that one round trip reads an answer and whether it holds.

What lies in it may be read by anybody: it is an answer that somebody who is not signed in was given (the front door puts it here), or
that a worker made as for such a person (`leaderboards.pages.swap`). Answers for fewer eyes lie in a hash of their own for each `view`:
what all who see the board alike are given (its organizers, its members); which one is a reader's says `leaderboards.readers`. Beside
the answers, each under its address, plain and packed, the hash of the board has

- `generation` goes up when the board has changed: answers of an older one are still given while ONE process makes the new one; `whole`
  goes up when only the side of its organizers has: their views, which begin with ORGANIZERS, are told by both;
- `epoch` is another one whenever fewer people may see something (`withdraw`): whoever began to read before may put nothing here after.

An answer holds for FUSE seconds, then one reader asks the permissions and the database again: whatever was lost heals. None is given
that nobody has asked about for STALE seconds more. Nothing here raises because of Redis: without it nothing is ready.
"""

import gzip
import logging
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha1
from secrets import token_hex
from typing import Any, Final

import orjson
from django.conf import settings
from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import NoScriptError, RedisError
from redis.retry import Retry

logger = logging.getLogger(__name__)

FUSE: Final = 5.0
STALE: Final = 30.0
KEEP_MS: Final = 120_000
CLAIM_MS: Final = 3_000
MOST: Final = 1_000
"""Fields of one board. What is asked for by name or group has no end: past that, all answers go. A page has up to 70 KB, plain and packed."""
MOST_OF_A_VIEW: Final = 200
ORGANIZERS: Final = "o"
PATIENCE: Final = 1.0  # seconds
QUIET: Final = 1.0  # seconds that a Redis which does not answer is left alone
PACKED_FROM: Final = 600  # bytes: less is sent as it is
LEVEL: Final = 6

_PUT: Final = """
local board = redis.call('HMGET', KEYS[1], 'epoch', 'generation', 'whole')
local generation, now, whole = ARGV[2], board[2] or '0', board[3] or '0'
if (board[1] or '') ~= ARGV[1] or tonumber(string.match(generation, '^%d+')) > tonumber(now) then return 0 end
if ARGV[3] == 'swap' then
  if now ~= generation then return 0 end
  now = tostring(redis.call('HINCRBY', KEYS[1], 'generation', 1))
  generation = now
end
local newest = now
if string.find(generation, '+', 1, true) then newest = now .. '+' .. whole end
if redis.call('HLEN', KEYS[3]) > tonumber(ARGV[4]) then redis.call('DEL', KEYS[3]) end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'generation', now, 'whole', whole)
local holds = ARGV[1] .. '.' .. newest .. '|'
for i = 8, #ARGV, 2 do
  local there = generation ~= newest and redis.call('HGET', KEYS[3], ARGV[i])
  if not (there and string.sub(there, 1, #holds) == holds) then
    redis.call('HSET', KEYS[3], ARGV[i], ARGV[1] .. '.' .. generation .. '|' .. ARGV[i + 1])
  end
end
if KEYS[3] ~= KEYS[1] then redis.call('PEXPIRE', KEYS[3], ARGV[7]) end
redis.call('PEXPIRE', KEYS[1], ARGV[5])
redis.call('SADD', KEYS[2], ARGV[6])
return 1
"""
_OUTDATE: Final = "redis.call('HINCRBY', KEYS[1], ARGV[1], 1) return redis.call('PEXPIRE', KEYS[1], ARGV[2])"


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent: headers that differ from answer to answer (ETag and the like), and the body, plain or as gzip has it."""

    headers: Mapping[str, str]
    body: bytes
    packed: bool = False


@dataclass(frozen=True, slots=True)
class Look:
    """What one look found: the answer if there is one, whether it still holds, and what whoever makes a new one must bring along."""

    epoch: str
    generation: str
    answer: Answer | None = None
    holds: bool = False


@dataclass(frozen=True, slots=True)
class Asked:
    """A board that somebody reads: addresses whose answers are kept."""

    epoch: str
    generation: str
    targets: list[str] = field(default_factory=list)


# --- The server -----------------------------------------------------------------------------------------------------------------------

_local = threading.local()
_away: dict[str, float] = {"until": 0.0}


def _client() -> Any:
    """One connection per thread: nobody waits for another's answer, and no pool is asked."""
    client: Any = getattr(_local, "client", None)
    if client is None:
        place: Any = settings.CACHES["default"]["LOCATION"]
        retry = Retry(NoBackoff(), 1)
        client = Redis.from_url(
            place, single_connection_client=True, socket_connect_timeout=PATIENCE, socket_timeout=PATIENCE, retry=retry
        )
        _local.client = client
    return client


def told(*command: Any) -> Any:
    """What Redis says to one command. Inside `ask`.

    It goes straight over this thread's connection: what the client does around each command takes longer than all else of a look.
    """
    connection = _client().connection

    def once() -> Any:
        connection.send_command(*command)
        return connection.read_response()

    return connection.retry.call_with_retry(once, lambda _: connection.disconnect())


def run(script: str, keys: Sequence[str], args: Sequence[Any]) -> Any:
    """What a script says, by its digest: its text is sent once. Inside `ask`."""
    try:
        return told("EVALSHA", _digest(script), len(keys), *keys, *args)
    except NoScriptError:
        return told("EVAL", script, len(keys), *keys, *args)


@cache
def _digest(script: str) -> str:
    return sha1(script.encode(), usedforsecurity=False).hexdigest()


def ask[T](default: T, ask: Callable[[Any], T]) -> T:
    """What Redis says; the default where there is none, or while it does not answer."""
    if not settings.HAS_REDIS or time.monotonic() < _away["until"]:
        return default
    try:
        return ask(_client())
    except (RedisError, OSError) as error:
        _away["until"] = time.monotonic() + QUIET
        _local.client = None
        logger.warning("ready answers of boards are away (%s)", error)
        return default


def name_of(board_id: int, view: str = "") -> str:
    """Where the answers of a board lie, or those for one view of it."""
    return f"{settings.PREFIX}ready:{board_id}{view and ':'}{view}"


def boards_name() -> str:
    """Where it is noted of which boards something may be known."""
    return f"{settings.PREFIX}ready:boards"


# --- Reading --------------------------------------------------------------------------------------------------------------------------


def look(board_id: int, target: str, *, packed: bool) -> Look | None:
    """What is ready for everybody at this address: one round trip. None without Redis."""
    wanted = ["epoch", "generation", field_of(target, packed=packed)]
    found: list[bytes | None] | None = ask(None, lambda _: told("HMGET", name_of(board_id), *wanted))
    if found is None:
        return None
    return found_in(*found, packed=packed)


def field_of(target: str, *, packed: bool) -> str:
    """Under which name an answer lies in its hash."""
    return ("z" if packed else "p") + target


def found_in(epoch: bytes | None, generation: bytes | None, kept: bytes | None, *, packed: bool) -> Look:
    """What a look into the hashes found."""
    now = Look((epoch or b"").decode(), (generation or b"0").decode())
    if kept is None:
        return now
    made, _, rest = kept.partition(b"|")
    line, _, body = rest.partition(b"\n")
    head = orjson.loads(line)
    age = time.time() - head["at"]
    if not (made.startswith(f"{now.epoch}.".encode()) and -FUSE < age < FUSE + STALE):
        return now
    holds = made == f"{now.epoch}.{now.generation}".encode() and age < FUSE
    return Look(now.epoch, now.generation, Answer(head["headers"], body, packed and head["packed"]), holds)


def pack(answer: Answer, level: int = LEVEL) -> Answer:
    """As gzip has it, where that is worth it. The same bytes each time."""
    if answer.packed or len(answer.body) < PACKED_FROM:
        return answer
    return Answer(answer.headers, gzip.compress(answer.body, level, mtime=0), packed=True)


# --- Writing --------------------------------------------------------------------------------------------------------------------------


def claim(board_id: int, target: str, view: str = "") -> bool:
    """Whether the caller is the one who makes this answer; for CLAIM_MS, or until it is released."""
    return ask(False, lambda client: bool(client.set(f"{name_of(board_id, view)}:{target}", b"1", nx=True, px=CLAIM_MS)))


def release(board_id: int, target: str, view: str = "") -> None:
    """The caller has made it, or made none."""
    ask(0, lambda client: client.delete(f"{name_of(board_id, view)}:{target}"))


def put(board_id: int, seen: Look, target: str, answer: Answer, view: str = "", *, plainly: bool = True) -> bool:
    """Keep an answer that was made after `seen` was looked up; without `plainly` only packed. False if fewer may see the board since.

    One that was made before the board moved takes the place of none that was made after.
    """
    return _put(board_id, (seen.epoch, seen.generation, ""), {target: answer}, view, plainly=plainly)


def swap(board_id: int, seen: Asked, answers: Mapping[str, Answer]) -> bool:
    """These answers are what holds now; all others of the board are old. False if others swapped or withdrew since `seen`."""
    return _put(board_id, (seen.epoch, seen.generation, "swap"), answers)


def _put(
    board_id: int, when: tuple[str, str, str], answers: Mapping[str, Answer], view: str = "", *, plainly: bool = True
) -> bool:
    fields: list[str | bytes] = []
    for target, answer in answers.items():
        for packed, one in (*([(False, answer)] if plainly else []), (True, pack(answer))):
            head = orjson.dumps({"at": time.time(), "headers": dict(one.headers), "packed": one.packed})
            fields += [field_of(target, packed=packed), head + b"\n" + one.body]
    args = [*when, MOST_OF_A_VIEW if view else MOST, KEEP_MS, board_id, int((FUSE + STALE) * 1000), *fields]
    keys = [name_of(board_id), boards_name(), name_of(board_id, view)]
    return ask(False, lambda _: bool(run(_PUT, keys, args)))


def asked(board_id: int) -> Asked | None:
    """What is kept of a board; None if nobody reads it."""
    found: list[bytes] = ask([], lambda client: client.hkeys(name_of(board_id)))
    targets = sorted({one[1:].decode() for one in found if one[1:2] == b"/"})
    if not targets:
        return None
    now = look(board_id, "", packed=False)
    return None if now is None else Asked(now.epoch, now.generation, targets)


def outdate(board_id: int, *, whole: bool = False) -> None:
    """The board changed: what is kept is given on while one reader makes it anew. `whole`: only what its organizers see has changed.

    Counted of a board that nobody reads, too: somebody may be making its first answer at this moment, of what was there before.
    """
    ask(0, lambda client: client.eval(_OUTDATE, 1, name_of(board_id), "whole" if whole else "generation", KEEP_MS))


def forget(board_id: int, target: str, view: str = "") -> None:
    """Nobody is given this any more."""
    fields = [field_of(target, packed=packed) for packed in (False, True)]
    ask(0, lambda client: client.hdel(name_of(board_id, view), *fields))


def withdraw(board_ids: Iterable[int]) -> None:
    """Fewer people may see something of these boards: nothing that was made before is given any more, nor kept by whoever makes it now."""
    names = [name_of(one) for one in board_ids]
    if not names:
        return

    def gone(client: Any) -> int:
        with client.pipeline(transaction=True) as together:
            for name in names:
                together.delete(name)
                together.hset(name, "epoch", token_hex(16))
                together.pexpire(name, KEEP_MS)
            together.execute()
        return 0

    ask(0, gone)


def boards() -> list[int]:
    """Boards of which something was kept since Redis began."""
    found: set[bytes] = ask(set(), lambda client: client.smembers(boards_name()))
    return sorted(int(one) for one in found)
