"""Who reads a board again with the same credential (a session, a token): what they may be given is known from one look into Redis.

Django answers the first time, and says as which `view` of the board (see `leaderboards.ready`): all who have it see the board alike, ""
is what anybody sees. That is remembered for KEEP_MS under a hash of the credential, and forgotten sooner

- with the `epoch` of the board: fewer people may see something of it, or somebody's part in its cycle is another (`ready.withdraw`);
- when something of the user changed (`changed`): a session or a token has ended, a password is a new one;
- when whoever bears the credential did something with it (`forget`).

A look says what to bring along when something is to be remembered: whoever changed since then is not.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

import orjson
from django.conf import settings

from leaderboards import ready

KEEP_MS: Final = 30_000
CHANGED_MS: Final = 2 * KEEP_MS

_LOOK: Final = """
local now = redis.call('GET', KEYS[3]) or '0'
local board = redis.call('HMGET', KEYS[2], 'epoch', 'generation', 'whole')
local unknown = {now, board[1], board[2], false, false, false}
local who = redis.call('HMGET', KEYS[1], 'user', 'since', ARGV[1], 'own')
if not (who[1] and who[3]) then return unknown end
local changed = redis.call('GET', ARGV[2] .. who[1])
if changed and tonumber(changed) > tonumber(who[2]) then return unknown end
local epoch, view = string.match(who[3], '^(%w*)|(.*)$')
if epoch ~= (board[1] or '') then return unknown end
local place = KEYS[2]
if view ~= '' then place = place .. ':' .. view end
if string.sub(view, 1, 1) == ARGV[4] then board[2] = (board[2] or '0') .. '+' .. (board[3] or '0') end
return {now, board[1], board[2], view, redis.call('HGET', place, ARGV[3]), who[4]}
"""
_LEARN: Final = """
local changed = redis.call('GET', KEYS[2])
if changed and tonumber(changed) > tonumber(ARGV[2]) then return 0 end
local known = redis.call('HMGET', KEYS[1], 'user', 'since')
local fresh = known[1] ~= ARGV[1] or (changed and tonumber(changed) > tonumber(known[2]))
if fresh then
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], 'user', ARGV[1], 'since', ARGV[2])
  redis.call('PEXPIRE', KEYS[1], ARGV[3])
end
redis.call('HSET', KEYS[1], ARGV[4], ARGV[5])
if ARGV[6] ~= '' then redis.call('HSET', KEYS[1], 'own', ARGV[6]) end
redis.call('SADD', KEYS[3], ARGV[7])
return 1
"""
_CHANGED: Final = """
local now = redis.call('INCR', KEYS[1])
for i = 2, #KEYS do redis.call('SET', KEYS[i], now, 'PX', ARGV[1]) end
return now
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """What is ready for somebody. `view`: as whom they see the board; None: that must be asked. `own`: parts of pages that are theirs alone."""

    look: ready.Look
    view: str | None = ""
    since: int = 0
    own: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Reader:
    """Whom Django has answered: the id of the user, and for how many milliseconds the credential holds at least."""

    user_id: int
    holds_ms: int = KEEP_MS


def look(reader: str, board_id: int, shape: str, target: str, *, packed: bool) -> Seen | None:
    """What is ready at an address for whoever bears this credential (its hash): one round trip. None without Redis.

    `shape`: what of the address decides about the view; the same view may not be told by one that is.
    """
    keys = [_name(reader), ready.name_of(board_id), _count()]
    args = [f"{board_id}:{shape}", _changes(""), ready.field_of(target, packed=packed), ready.ORGANIZERS]
    found: list[Any] | None = ready.ask(None, lambda _: ready.run(_LOOK, keys, args))
    if found is None:
        return None
    now, epoch, generation, view, kept, own = found
    known = ready.found_in(epoch, generation, kept, packed=packed)
    return Seen(known, None if view is None else view.decode(), int(now), orjson.loads(own) if own else {})


def learn(reader: str, who: Reader, board_id: int, shape: str, seen: Seen, view: str, own: Mapping[str, str]) -> bool:
    """Remember as whom they see the board, as Django said after `seen` was looked up. False if they have changed since."""
    known = f"{seen.look.epoch}|{view}"
    args = [
        who.user_id,
        seen.since,
        min(who.holds_ms, KEEP_MS),
        f"{board_id}:{shape}",
        known,
        orjson.dumps(own) if own else "",
        board_id,
    ]
    if who.holds_ms <= 0:
        return False
    return ready.ask(False, lambda _: bool(ready.run(_LEARN, [_name(reader), _changes(who.user_id), ready.boards_name()], args)))


def forget(reader: str) -> None:
    """What whoever bears this credential may be given is asked again."""
    ready.ask(0, lambda client: client.delete(_name(reader)))


def changed(user_ids: Iterable[int]) -> None:
    """The same for all credentials of these users. Call it after the commit."""
    keys = [_count(), *(_changes(one) for one in user_ids)]
    ready.ask(0, lambda _: ready.run(_CHANGED, keys, [CHANGED_MS]) if len(keys) > 1 else 0)


def _name(reader: str) -> str:
    return f"{settings.PREFIX}reader:{reader}"


def _count() -> str:
    return f"{settings.PREFIX}readers:changes"


def _changes(user_id: int | str) -> str:
    return f"{settings.PREFIX}readers:changed:{user_id}"
