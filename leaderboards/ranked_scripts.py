"""What Redis itself does with a sorted set of ranks: each script is one round trip, and nobody comes in between.

KEYS[1] is a hash that says what there is: `token` names the set that counts, whose keys lie under it:

    <key>                    token, at, version, shape, hidden, count:<bracket>
    <key>:<token>:z:<bracket>  score → member; the lower comes first
    <key>:<token>:info         member → bracket, status, amount, name
    <key>:<token>:unnamed      member → what stands for it on the public side
    <key>:<token>:stands       the other way round
    <key>:<token>:changed      version → members that changed with it, the last ones
    <key>:building             token of the one that is being built

A set of which anything is lost answers as one that is not there.
"""

from typing import Final

_WHOLE: Final = """
local meta = redis.call('HMGET', KEYS[1], 'token', 'shape', 'hidden')
if not meta[1] then return false end
local base = KEYS[1] .. ':' .. meta[1]
local shown = {}
local function set_of(bracket)
  local z = base .. ':z:' .. bracket
  local there = redis.call('ZCARD', z)
  if there ~= tonumber(redis.call('HGET', KEYS[1], 'count:' .. bracket) or '0') then return nil end
  return z, there
end
local function put(z, bracket, first, last, side)
  local rows = redis.call('ZRANGE', z, first, last, 'WITHSCORES')
  local score, before
  for i = 1, #rows, 2 do
    local rank = first + (i + 1) / 2
    if rows[i + 1] ~= score then
      score = rows[i + 1]
      before = i > 1 and rank - 1 or redis.call('ZCOUNT', z, '-inf', '(' .. score)
    end
    local info = redis.call('HGET', base .. ':info', rows[i])
    if not info then return false end
    local named = ''
    if side == 'public' and meta[3] ~= '0' then named = redis.call('HGET', base .. ':unnamed', rows[i]) or '' end
    shown[#shown + 1] = rows[i]
    shown[#shown + 1] = rank
    shown[#shown + 1] = before + 1
    shown[#shown + 1] = score
    shown[#shown + 1] = info
    shown[#shown + 1] = named
  end
  return true
end
local function member_of(who, side)
  if side ~= 'public' or meta[3] == '0' then return who end
  local real = redis.call('HGET', base .. ':stands', who)
  if real then return real end
  if redis.call('HEXISTS', base .. ':unnamed', who) == 1 then return '' end
  return who
end
local function place(member, reach, side)
  local info = redis.call('HGET', base .. ':info', member)
  if not info then return true end
  local bracket = string.match(info, '^([^\\31]*)')
  local z = set_of(bracket)
  if not z then return false end
  local rank = redis.call('ZRANK', z, member)
  if not rank then return false end
  return put(z, bracket, math.max(rank - reach, 0), rank + reach, side)
end
"""

PAGE: Final = (
    _WHOLE
    + """
-- bracket, first, last, side
local z, there = set_of(ARGV[1])
if not z or not put(z, ARGV[1], tonumber(ARGV[2]), tonumber(ARGV[3]), ARGV[4]) then return false end
return {meta[2], there, shown}
"""
)

AROUND: Final = (
    _WHOLE
    + """
-- reach, side, who ...
for i = 3, #ARGV do
  local member = member_of(ARGV[i], ARGV[2])
  if not place(member, tonumber(ARGV[1]), ARGV[2]) then return false end
end
return {meta[2], 0, shown}
"""
)

CHANGED: Final = (
    _WHOLE
    + """
-- version after which, most, side
local members = redis.call('ZREVRANGEBYSCORE', base .. ':changed', '+inf', '(' .. ARGV[1], 'LIMIT', 0, ARGV[2])
for i = 1, #members do
  if not place(members[i], 0, ARGV[3]) then return false end
end
return {meta[2], 0, shown}
"""
)

STATE: Final = """
local found = redis.call('HGETALL', KEYS[1])
local token
for i = 1, #found, 2 do if found[i] == 'token' then token = found[i + 1] end end
if not token then return false end
local total = 0
for i = 1, #found, 2 do
  local bracket = string.match(found[i], '^count:(.*)$')
  if bracket then
    local there = redis.call('ZCARD', KEYS[1] .. ':' .. token .. ':z:' .. bracket)
    if there ~= tonumber(found[i + 1]) then return false end
    total = total + there
  end
end
if redis.call('HLEN', KEYS[1] .. ':' .. token .. ':info') ~= total then return false end
return found
"""

APPLY: Final = """
-- since, until, version, then for each: member, bracket, score, info (empty: it is gone)
local meta = redis.call('HMGET', KEYS[1], 'token', 'at')
if not meta[1] then return -1 end
if meta[2] ~= ARGV[1] then return 0 end
local base = KEYS[1] .. ':' .. meta[1]
for i = 4, #ARGV, 4 do
  local member, bracket, info = ARGV[i], ARGV[i + 1], ARGV[i + 3]
  local old = redis.call('HGET', base .. ':info', member)
  if old then
    local before = string.match(old, '^([^\\31]*)')
    if info == '' or before ~= bracket then
      redis.call('HINCRBY', KEYS[1], 'count:' .. before, -redis.call('ZREM', base .. ':z:' .. before, member))
    end
  end
  if info == '' then
    redis.call('HDEL', base .. ':info', member)
    redis.call('ZREM', base .. ':changed', member)
  else
    local added = redis.call('ZADD', base .. ':z:' .. bracket, ARGV[i + 2], member)
    if added > 0 then redis.call('HINCRBY', KEYS[1], 'count:' .. bracket, added) end
    if old ~= info then redis.call('HSET', base .. ':info', member, info) end
    redis.call('ZADD', base .. ':changed', ARGV[3], member)
  end
end
redis.call('ZREMRANGEBYRANK', base .. ':changed', 0, -1001)
redis.call('HSET', KEYS[1], 'at', ARGV[2], 'version', ARGV[3])
return 1
"""

SWAP: Final = """
-- token, how many fields, fields and values of the hash ..., then the keys beside
if redis.call('GET', KEYS[1] .. ':building') ~= ARGV[1] then return 0 end
local old = redis.call('HGETALL', KEYS[1])
local token
for i = 1, #old, 2 do if old[i] == 'token' then token = old[i + 1] end end
if token then
  local base = KEYS[1] .. ':' .. token
  redis.call('UNLINK', base .. ':info', base .. ':unnamed', base .. ':stands', base .. ':changed')
  for i = 1, #old, 2 do
    local bracket = string.match(old[i], '^count:(.*)$')
    if bracket then redis.call('UNLINK', base .. ':z:' .. bracket) end
  end
end
redis.call('DEL', KEYS[1])
local fields = tonumber(ARGV[2])
for i = 3, 2 + fields, 2 do redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
for i = 3 + fields, #ARGV do redis.call('PERSIST', ARGV[i]) end
redis.call('DEL', KEYS[1] .. ':building')
return 1
"""
