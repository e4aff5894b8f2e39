import { script } from '../../../../store/redis/script.ts'
import { ALWAYS, COUNT, FIELDS, NOW, SEPARATOR, NOTIFY, WAITS } from './lua.ts'

/** Dead letters or callbacks per call; the rest of a request goes back to the head of the list. */
const CHUNK = 500

/**
 * Carries out a request of another process in one step, so exactly one server does it, even if that server crashes.
 * Callbacks that wait because of it count as new: their attempts begin at 1. A callback that is no longer in its stream
 * is stored there again from its dead letter, for that plugin alone; so is a refused one.
 *
 * Arguments: prefix, and how long results stay, in ms. Returns whether there was a request.
 */
export const ANSWER = script(`${ALWAYS}${NOW}${FIELDS}${WAITS}${COUNT}${NOTIFY}
local prefix, told = ARGV[1], {}
local text = redis.call('LPOP', prefix .. ':requests')
if not text then return 0 end
local request = cjson.decode(text)
local answer, at = request.answer, now()
answer.fates = answer.fates or {}

local function isServed(plugin)
  return redis.call('ZCOUNT', prefix .. ':has:' .. plugin, at, '+inf') > 0
end

local function come(plugin, n)
  redis.call('HINCRBY', prefix .. ':backlog', plugin, 1)
  local owner = redis.call('HGET', prefix .. ':lease:' .. plugin .. ':' .. n, 'owner')
  if owner and owner ~= '' then
    told[owner] = told[owner] or {}
    told[owner][n] = true
  end
end

-- Due since it came, with the place within its millisecond as a fraction: so the order is that of receipt.
local function schedule(plugin, n, entry)
  local where = plugin .. ':' .. n
  local ms, seq = string.match(entry, '^(%d+)-(%d+)$')
  redis.call('HSET', prefix .. ':tried:' .. where, entry, '1 0')
  redis.call('ZADD', prefix .. ':due:' .. where, ms + math.min(seq, 4095) / 4096, entry)
  redis.call('ZADD', prefix .. ':age:' .. where, ms, entry)
  come(plugin, n)
end

local function drop(letter, n, entry, plugin)
  redis.call('XDEL', prefix .. ':dead', letter)
  redis.call('HDEL', prefix .. ':letters', n .. ' ' .. entry .. ' ' .. plugin)
end

local function find(n, entry)
  return redis.call('XRANGE', prefix .. ':cb:' .. n, entry, entry)[1]
end

local function put(n, plugin, field)
  redis.call('XADD', prefix .. ':cb:' .. n, '*', 'plugins', '${SEPARATOR}' .. plugin .. '${SEPARATOR}', 'about',
    field.about, 'raw', field.raw)
  come(plugin, n)
end

local function again(field)
  local n, plugin = field.partition, field.plugin
  local stream = prefix .. ':cb:' .. n
  if not find(n, field.entry) then put(n, plugin, field)
  elseif not waits(prefix, n, groupsOf(stream), plugin, field.entry, false) then
    schedule(plugin, n, field.entry)
  end
end

local function letter(ref)
  local found = redis.call('XRANGE', prefix .. ':dead', ref, ref)[1]
  if not found then return 'gone' end
  local field = fieldsOf(found[2])
  if request.kind == 'retry' then
    if not isServed(field.plugin) then return 'foreign' end
    again(field)
  end
  drop(ref, field.partition, field.entry, field.plugin)
  return 'count'
end

local function replayRefused(entry)
  local found = redis.call('XRANGE', prefix .. ':kept:refused', entry, entry)[1]
  local field = found and fieldsOf(found[2])
  -- Those of former versions are kept in another form.
  if not field or not field.about then return 'gone' end
  put('0', request.plugin, field)
  return 'count'
end

local function replay(n, entry)
  local plugin = request.plugin
  if not isServed(plugin) then return 'foreign' end
  if n == 'kept:refused' then return replayRefused(entry) end
  local found = find(n, entry)
  if not found then return 'gone' end
  local isTheirs = string.find(found[2][2], '\\31' .. plugin .. '\\31', 1, true)
  if waits(prefix, n, groupsOf(prefix .. ':cb:' .. n), plugin, entry, isTheirs) then return 'waiting' end
  local dead = redis.call('HGET', prefix .. ':letters', n .. ' ' .. entry .. ' ' .. plugin)
  if dead then drop(dead, n, entry, plugin) end
  if not isTheirs then
    local others = redis.call('HGET', prefix .. ':replayed:' .. n, entry) or ''
    if not string.find(others, '\\31' .. plugin .. '\\31', 1, true) then
      redis.call('HSET', prefix .. ':replayed:' .. n, entry, others .. '${SEPARATOR}' .. plugin .. '${SEPARATOR}')
    end
  end
  schedule(plugin, n, entry)
  return 'count'
end

local rest = {}
for i, ref in ipairs(request.refs) do
  if i > ${CHUNK} then rest[#rest + 1] = ref
  else
    local as = request.kind == 'replay' and replay(ref[1], ref[2]) or request.kind ~= 'replay' and letter(ref)
    answer[as] = answer[as] + 1
    answer.fates[#answer.fates + 1] = as
  end
end
if #rest > 0 then
  request.refs = rest
  redis.call('LPUSH', prefix .. ':requests', cjson.encode(request))
else
  redis.call('SET', prefix .. ':result:' .. request.id, cjson.encode(answer), 'PX', ARGV[2])
end
for owner, partitions in pairs(told) do
  local list = {}
  for n in pairs(partitions) do list[#list + 1] = n end
  notify(prefix, owner, ',' .. table.concat(list, ','))
end
return 1
`)
