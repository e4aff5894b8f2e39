import { script } from '../../../store/redis-script.ts'
import { ALWAYS, SEPARATOR, TELL } from './lua.ts'

/** Letters or callbacks that one call looks at; the rest of a request goes back to the head of the list. */
const CHUNK = 500

/**
 * Takes up what another process asked for, and does it, in one step: so exactly one server does it, whatever becomes of
 * that server. What is made to wait here counts as new: its attempts begin at 1. A callback that is no longer in its
 * stream is put there again from its dead letter, for that plugin alone.
 *
 * Arguments: prefix, and how long results stay, in ms. Gives whether there was something.
 */
export const ANSWER = script(`${ALWAYS}${TELL}
local prefix, told = ARGV[1], {}
local text = redis.call('LPOP', prefix .. ':requests')
if not text then return 0 end
local request = cjson.decode(text)
local count = request.count or 0

local function fieldsOf(list)
  local field = {}
  for i = 1, #list, 2 do field[list[i]] = list[i + 1] end
  return field
end

local function waits(stream, plugin, n, entry)
  if redis.call('ZSCORE', prefix .. ':due:' .. plugin .. ':' .. n, entry) then return true end
  if #redis.call('XPENDING', stream, plugin, entry, entry, 1) > 0 then return true end
  local ms, seq = string.match(entry, '^(%d+)-(%d+)$')
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local about = fieldsOf(group)
    if about.name == plugin then
      local lastMs, lastSeq = string.match(about['last-delivered-id'], '^(%d+)-(%d+)$')
      return tonumber(ms) > tonumber(lastMs) or (ms == lastMs and tonumber(seq) > tonumber(lastSeq))
    end
  end
end

local function come(plugin, n)
  redis.call('HINCRBY', prefix .. ':backlog', plugin, 1)
  local owner = redis.call('HGET', prefix .. ':lease:' .. plugin .. ':' .. n, 'owner')
  if owner and owner ~= '' then
    told[owner] = told[owner] or {}
    told[owner][n] = true
  end
end

local function schedule(plugin, n, entry)
  local where = plugin .. ':' .. n
  redis.call('HSET', prefix .. ':tried:' .. where, entry, '1 0')
  redis.call('ZADD', prefix .. ':due:' .. where, 0, entry)
  redis.call('ZADD', prefix .. ':age:' .. where, string.match(entry, '^%d+'), entry)
  come(plugin, n)
end

local function again(field)
  local stream = prefix .. ':cb:' .. field.partition
  if redis.call('XRANGE', stream, field.entry, field.entry)[1] then
    if not waits(stream, field.plugin, field.partition, field.entry) then
      schedule(field.plugin, field.partition, field.entry)
    end
    return
  end
  redis.call('XADD', stream, '*', 'plugins', '${SEPARATOR}' .. field.plugin .. '${SEPARATOR}', 'id', field.id,
    'app', field.app, 'command', field.command, 'at', field.at, 'signed', field.signed, 'key', field.key,
    'maybe', field.maybe, 'query', field.query, 'raw', field.raw)
  come(field.plugin, field.partition)
end

local function letter(ref)
  local found = redis.call('XRANGE', prefix .. ':dead', ref, ref)[1]
  if not found then return end
  local field = fieldsOf(found[2])
  -- A plugin that is gone gets nothing: its letter stays.
  if request.kind == 'retry' then
    if not redis.call('ZSCORE', prefix .. ':plugins', field.plugin) then return end
    again(field)
  end
  redis.call('XDEL', prefix .. ':dead', ref)
  redis.call('HDEL', prefix .. ':letters', field.partition .. ' ' .. field.entry .. ' ' .. field.plugin)
  count = count + 1
end

local function replay(n, entry)
  local stream = prefix .. ':cb:' .. n
  if not redis.call('ZSCORE', prefix .. ':plugins', request.plugin) then return end
  if not redis.call('XRANGE', stream, entry, entry)[1] then return end
  -- What it has yet to get it gets anyway.
  if waits(stream, request.plugin, n, entry) then return end
  schedule(request.plugin, n, entry)
  count = count + 1
end

for i = 1, math.min(${CHUNK}, #request.refs) do
  local ref = request.refs[i]
  if request.kind == 'replay' then replay(ref[1], ref[2]) else letter(ref) end
end
if #request.refs > ${CHUNK} then
  local rest = {}
  for i = ${CHUNK} + 1, #request.refs do rest[#rest + 1] = request.refs[i] end
  request.refs = rest
  request.count = count
  redis.call('LPUSH', prefix .. ':requests', cjson.encode(request))
else
  redis.call('SET', prefix .. ':result:' .. request.id, count, 'PX', ARGV[2])
end
tell(prefix, told)
return 1
`)
