#!lua flags=allow-oom
-- Carries out a part of a request of another process in one step, so exactly one server does it, even if that server crashes.
-- What becomes pending is due since 1970, in the order of the numbers, and its attempts begin at 1.
--
-- KEYS: the prefix. This script alone goes from one partition to another.
-- ARGV: how long results stay in ms.
-- Returns whether more requests wait, the partitions in which something became pending, and all holds.
local CHUNK = 500
local prefix, changed = KEYS[1], {}

local function reply(more)
  local list = {}
  for n in pairs(changed) do list[#list + 1] = n end
  return { more, list, redis.call('HGETALL', prefix .. ':holds') }
end
local text = redis.call('LPOP', prefix .. ':requests')
if not text then return reply(0) end
local request = cjson.decode(text)
local answer = request.answer
answer.outcomes = answer.outcomes or {}

local function baseOf(n) return prefix .. ':{' .. n .. '}' end
local function isServed(plugin) return redis.call('ZCOUNT', prefix .. ':has:' .. plugin, now(), '+inf') > 0 end
local function find(n, seq) return redis.call('XRANGE', baseOf(n) .. ':cb', idOf(seq), idOf(seq))[1] end
-- As written in the plugins of an entry.
local function nameOf(plugin) return (string.gsub(cjson.encode(plugin), '\\/', '/')) end

local function wait(n, plugin, seq)
  changed[n] = true
  redis.call('HINCRBY', baseOf(n), 'stored:' .. plugin, 1)
  if seq then makePending(baseOf(n), plugin, seq, 1, seq, 0) end
end

local function store(n, plugin, entry)
  redis.call('XADD', baseOf(n) .. ':cb', '0-*', 'to', '[' .. nameOf(plugin) .. ']', 'is', entry)
  wait(n, plugin)
end

local function letter(ref)
  local at, n, seq, plugin = string.match(ref, '^(%d+)-(%d+)-(%d+)-(.+)$')
  local name = plugin and plugin .. ' ' .. seq
  local score = name and redis.call('ZSCORE', baseOf(n) .. ':dead', name)
  if not score or tonumber(score) ~= tonumber(at) then return 'gone' end
  if request.kind == 'retry' then
    if not isServed(plugin) then return 'foreign' end
    local found = find(n, seq)
    local body = redis.call('HGET', baseOf(n) .. ':letters', name)
    if not found then store(n, plugin, string.sub(body, string.find(body, '\0', 1, true) + 1))
    elseif not isWaiting(baseOf(n), plugin, seq, false) then wait(n, plugin, seq) end
  end
  dropLetter(baseOf(n), name)
  return 'count'
end

local function replay(ref)
  local plugin, n, seq = request.plugin, string.match(ref, '^(.+)/(.+)$')
  if not isServed(plugin) then return 'foreign' end
  if n == 'kept:refused' then
    local kept = redis.call('XRANGE', prefix .. ':kept:refused', seq, seq)[1]
    if not kept then return 'gone' end
    store('0', plugin, kept[2][10])
    return 'count'
  end
  local found = n and find(n, seq)
  if not found then return 'gone' end
  local isTheirs = string.find(found[2][2], nameOf(plugin), 1, true)
  if isWaiting(baseOf(n), plugin, seq, isTheirs) then return 'waiting' end
  dropLetter(baseOf(n), plugin .. ' ' .. seq)
  if not isTheirs then
    local others = cjson.decode(redis.call('HGET', baseOf(n) .. ':replayed', seq) or '{}')
    others[plugin] = 1
    redis.call('HSET', baseOf(n) .. ':replayed', seq, cjson.encode(others))
  end
  wait(n, plugin, seq)
  return 'count'
end

local function hold(plugin)
  if not isServed(plugin) then return 'foreign' end
  local before = redis.call('HGET', prefix .. ':holds', plugin)
  if request.kind == 'resume' then
    redis.call('HDEL', prefix .. ':holds', plugin)
    return before and 'count' or 'waiting'
  end
  redis.call('HSET', prefix .. ':holds', plugin, cjson.encode({ reason = request.reason, ['until'] = request['until'] }))
  local old = before and cjson.decode(before) or {}
  return old.reason == request.reason and old['until'] == request['until'] and 'waiting' or 'count'
end

local carryOut = { retry = letter, drop = letter, replay = replay, pause = hold, resume = hold }
local rest = {}
for i, ref in ipairs(request.refs) do
  if i > CHUNK then rest[#rest + 1] = ref
  else
    local outcome = carryOut[request.kind](ref)
    answer[outcome] = answer[outcome] + 1
    answer.outcomes[#answer.outcomes + 1] = outcome
  end
end
if #rest > 0 then
  request.refs = rest
  redis.call('LPUSH', prefix .. ':requests', cjson.encode(request))
else
  redis.call('SET', prefix .. ':result:' .. request.id, cjson.encode(answer), 'PX', ARGV[1])
end
return reply(redis.call('EXISTS', prefix .. ':requests'))
