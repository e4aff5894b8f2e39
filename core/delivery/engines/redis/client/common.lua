-- Prepended to every script. BASE is the key of a partition; all its other keys begin with it (see keys.ts).

-- Milliseconds of the clock of Redis.
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end

local function seqOf(id) return tonumber(string.sub(id, 3)) end
local function idOf(seq) return string.format('0-%.0f', seq) end

-- The last number that a partition has given to a callback.
local function tailOf(base)
  local about = redis.call('XINFO', 'STREAM', base .. ':cb')
  for i = 1, #about, 2 do if about[i] == 'last-generated-id' then return seqOf(about[i + 1]) end end
end

-- Whether a plugin has settled a number beyond its cursor. A mark is a range: its score is the last number, its member the
-- first one.
local function isMarked(base, plugin, seq)
  local mark = redis.call('ZRANGEBYSCORE', base .. ':done:' .. plugin, seq, '+inf', 'LIMIT', 0, 1)[1]
  return mark ~= nil and tonumber(mark) <= tonumber(seq)
end

-- Whether a plugin has yet to finish a callback. `isTheirs`: whether it was stored for the plugin.
local function isWaiting(base, plugin, seq, isTheirs)
  if redis.call('ZSCORE', base .. ':due:' .. plugin, seq) then return true end
  local cursor = isTheirs and redis.call('HGET', base .. ':lease:' .. plugin, 'cursor')
  return cursor and tonumber(seq) > tonumber(cursor) and not isMarked(base, plugin, seq)
end

-- About the first number whose callback was received at a time or later.
local function seek(stream, ms)
  local first, last = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1], redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1]
  if not first then return 1 end
  local low, high = seqOf(first[1]), seqOf(last[1]) + 1
  while low < high do
    local middle = math.floor((low + high) / 2)
    local one = redis.call('XRANGE', stream, idOf(middle), idOf(high - 1), 'COUNT', 1)[1]
    if not one or tonumber(string.match(one[2][4], '^%d %S+ %d+ (%d+)')) >= ms then high = middle else low = seqOf(one[1]) + 1 end
  end
  return low
end

local function makePending(base, plugin, seq, attempt, dueAt, deferredSince)
  redis.call('HSET', base .. ':next:' .. plugin, seq, attempt .. ' ' .. dueAt .. ' ' .. deferredSince)
  redis.call('ZADD', base .. ':due:' .. plugin, dueAt, seq)
  redis.call('ZADD', base .. ':age:' .. plugin, seq, seq)
end

local function dropLetter(base, name)
  local bytes = redis.call('HSTRLEN', base .. ':letters', name)
  redis.call('HDEL', base .. ':letters', name)
  redis.call('ZREM', base .. ':dead', name)
  if redis.call('ZREM', base .. ':faults', name) == 1 then redis.call('DECRBY', base .. ':faultbytes', bytes) end
  return bytes
end

-- Writes a dead letter with a copy of the entry, so that the stream need not keep it. The copy follows the attempts, when it
-- died, the error and NUL.
local function addLetter(base, plugin, seq, at, about, body, isFault)
  local name = plugin .. ' ' .. seq
  dropLetter(base, name)
  redis.call('HSET', base .. ':letters', name, about .. body)
  redis.call('ZADD', base .. ':dead', at, name)
  if not isFault then return end
  redis.call('ZADD', base .. ':faults', at, name)
  redis.call('INCRBY', base .. ':faultbytes', #about + #body)
end
