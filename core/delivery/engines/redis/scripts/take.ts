import { script } from '../../../../store/redis/script.ts'
import { LONGEST_WAIT_MS } from '../../../attempt/suspects.ts'
import { ALWAYS, CONSUMER, FORGET, NOW, OWNS } from './lua.ts'

/** Entries read in one step. */
const CHUNK = 32
/** The most entries read in one call: those of other plugins are skipped, and Redis must not stand still for them. */
const SCAN = 1000
/** The most characters of bodies in one reply. */
const CHARACTERS = 4_000_000

/**
 * Returns the next entries of an owner: first those pending when it took the lease, then retries that are due, then new
 * ones. New entries are only read; SETTLE later makes them pending or moves the group past them. Entries of other
 * plugins are skipped here.
 *
 * Arguments: prefix, plugin, how many, maxBacklog or -1, the longest delay of a retry in ms (one due later was written
 * before the clock was set back, and is due now). Then for each partition: N, fence, the last pending entry returned
 * (`>` after all of them), the last new entry returned or skipped (empty to begin behind the last entry of the group),
 * and the new entries that the owner has buffered, each with a space on both sides.
 * Returns for each partition: N, whether it is still owned, whether there is more, the next cursors, ms until a retry
 * is due or -1, the entries that exceed `maxBacklog`, and the entries. A buffered one comes as its number. Others have:
 * id, attempt, ms for which it still keeps its key, crashes, resends, whether it is `new`, `due` or was `pending`, and
 * the fields `about` and `raw`.
 */
export const TAKE = script(`${ALWAYS}${NOW}${OWNS}${FORGET}
local prefix, plugin, room, most = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local at, scanned, size = now(), 0, 0
local longest = tonumber(ARGV[5])
local backlog = most >= 0 and tonumber(redis.call('HGET', prefix .. ':backlog', plugin) or '0') or -1

local function put(part, entry, attempt, delayMs, deaths, origin, f)
  local resends = part.resends and redis.call('HGET', part.resends, entry) or '0'
  part[8][#part[8] + 1] = { entry, attempt, delayMs, deaths, resends, origin, f[4], f[6] }
  room = room - 1
  size = size + #f[6]
end

local function give(part, n, entry, fields, origin)
  local attempt, untilMs = string.match(redis.call('HGET', prefix .. ':tried:' .. plugin .. ':' .. n, entry) or '1 0',
    '^(%d+) (%d+)$')
  local deaths = redis.call('HGET', prefix .. ':tries:' .. plugin .. ':' .. n, entry) or '0'
  local delayMs = math.max(0, untilMs - at)
  put(part, entry, attempt, delayMs > longest and 0 or delayMs, deaths, origin, fields)
end

local function isFull() return room <= 0 or size > ${CHARACTERS} or scanned > ${SCAN} end

local function pending(part, n, stream)
  while part[4] ~= '>' and not isFull() do
    local reply = redis.call('XREADGROUP', 'GROUP', plugin, '${CONSUMER}', 'COUNT', math.min(room, ${CHUNK}),
      'STREAMS', stream, part[4])
    local entries = reply and reply[1][2] or {}
    scanned = scanned + #entries
    if #entries == 0 then part[4] = '>' end
    for _, one in ipairs(entries) do
      part[4] = one[1]
      -- Without fields it is no longer in the stream: nothing of ours does that.
      if one[2] then give(part, n, one[1], one[2], 'pending')
      elseif redis.call('XACK', stream, plugin, one[1]) == 1 then redis.call('HINCRBY', prefix .. ':backlog', plugin, -1) end
    end
  end
  return part[4] == '>'
end

-- What is due later than any retry is, but for suspects: they wait longer.
local function late(key, where)
  local found, entries = redis.call('ZRANGEBYSCORE', key, '(' .. at + longest, '+inf', 'WITHSCORES', 'LIMIT', 0, ${SCAN}), {}
  for i = 1, #found, 2 do
    local waits = found[i + 1] - at <= ${LONGEST_WAIT_MS} and redis.call('HEXISTS', prefix .. ':tries:' .. where, found[i]) == 1
    if not waits then entries[#entries + 1] = found[i] end
  end
  return entries
end

local function due(part, n, stream)
  local key = prefix .. ':due:' .. plugin .. ':' .. n
  local first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if not first[2] then return end
  local entries = redis.call('ZRANGEBYSCORE', key, '-inf', at, 'LIMIT', 0, math.min(room, ${SCAN}))
  if #entries == 0 then
    entries = late(key, plugin .. ':' .. n)
  end
  for _, entry in ipairs(entries) do
    if isFull() then break end
    local found = redis.call('XRANGE', stream, entry, entry)[1]
    redis.call('ZREM', key, entry)
    redis.call('ZREM', prefix .. ':age:' .. plugin .. ':' .. n, entry)
    if found then
      redis.call('XCLAIM', stream, plugin, '${CONSUMER}', 0, entry, 'FORCE', 'JUSTID')
      give(part, n, entry, found[2], 'due')
    else
      forget(prefix, plugin, n, entry)
      redis.call('HINCRBY', prefix .. ':backlog', plugin, -1)
    end
  end
  first = redis.call('ZRANGE', key, 0, 0, 'WITHSCORES')
  if not first[2] then return end
  part[6] = #late(key, plugin .. ':' .. n) > 0 and 0 or math.max(0, first[2] - at)
end

local function fresh(part, stream, own)
  while scanned <= ${SCAN} do
    local excess = most >= 0 and math.max(0, backlog - most) or 0
    local count = isFull() and math.min(excess, ${CHUNK}) or math.min(math.max(room, excess), ${CHUNK})
    if count <= 0 then return true end
    local entries = redis.call('XRANGE', stream, '(' .. part[5], '+', 'COUNT', count)
    scanned = scanned + #entries
    for _, one in ipairs(entries) do
      local entry, fields = one[1], one[2]
      part[5] = entry
      if string.find(fields[2], '\\31' .. plugin .. '\\31', 1, true) then
        if most >= 0 and backlog > most then
          backlog = backlog - 1
          part[7][#part[7] + 1] = entry
          room = room + 1
        end
        if string.find(own, ' ' .. entry .. ' ', 1, true) and not part.resends then
          part[8][#part[8] + 1] = entry
          room = room - 1
        else
          put(part, entry, 1, 0, 0, 'new', fields)
        end
      end
    end
    if #entries < count then return false end
  end
  return true
end

local function lastOf(stream)
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local field = {}
    for i = 1, #group, 2 do field[group[i]] = group[i + 1] end
    if field.name == plugin then return field['last-delivered-id'] end
  end
  error('NOGROUP')
end

local parts = {}
for i = 6, #ARGV, 5 do
  local n, stream = ARGV[i], prefix .. ':cb:' .. ARGV[i]
  local part = { n, 0, 0, ARGV[i + 2], ARGV[i + 3], -1, {}, {} }
  if owns(prefix, plugin, n, ARGV[i + 1]) then
    part[2] = 1
    local resends = prefix .. ':resends:' .. n
    if redis.call('EXISTS', resends) == 1 then part.resends = resends end
    if part[5] == '' then part[5] = lastOf(stream) end
    -- In this order: a retry becomes pending again, and must not be given a second time.
    if pending(part, n, stream) then
      due(part, n, stream)
      if fresh(part, stream, ARGV[i + 4]) then part[3] = 1 end
    else part[3] = 1 end
  end
  parts[#parts + 1] = part
end
return parts
`)
