import { script } from '../../../../store/redis/script.ts'
import { ALWAYS, NOW } from './lua.ts'

/** The most entries dropped by one call, about: Redis serves nobody else meanwhile. */
const LIMIT = 10_000

/**
 * Drops the oldest callbacks of a partition, but none that a plugin has not finished. Those behind the last entry of a
 * group, pending ones and those that wait for a retry stay, and so does everything newer than the oldest of them.
 *
 * With bytes given, it drops only expendable callbacks (see entry.ts) until so many bytes are free.
 *
 * Arguments: prefix, N, age in ms, the part of the span of time that may stay (1: all of it), and bytes, or 0.
 * Returns how many were dropped, the bytes of expendable ones, and since when the partition is complete, or 0. Redis
 * frees whole nodes of a stream, so up to a hundred more may stay.
 */
export const TRIM = script(`${ALWAYS}${NOW}
local prefix, n, age, part, need = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local stream = prefix .. ':cb:' .. n
if redis.call('XLEN', stream) == 0 then return { 0, 0, 0 } end

local function parse(entry)
  local ms, seq = string.match(entry, '^(%d+)-(%d+)$')
  return { tonumber(ms), tonumber(seq) }
end
local function older(one, other) return one[1] < other[1] or (one[1] == other[1] and one[2] < other[2]) end

local first = parse(redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1][1])
local last = parse(redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1][1])
local floor = { math.max(now() - age, first[1] + (last[1] - first[1]) * (1 - part)), 0 }
if need > 0 then floor = { last[1], last[2] + 1 } end
floor[1] = math.floor(floor[1])
local function keep(entry) if older(entry, floor) then floor = entry end end

for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
  local name, delivered
  for i = 1, #group, 2 do
    if group[i] == 'name' then name = group[i + 1] end
    if group[i] == 'last-delivered-id' then delivered = parse(group[i + 1]) end
  end
  if older(delivered, last) then keep({ delivered[1], delivered[2] + 1 }) end
  local pending = redis.call('XPENDING', stream, name)
  if pending[1] > 0 then keep(parse(pending[2])) end
  local waiting = redis.call('ZRANGE', prefix .. ':age:' .. name .. ':' .. n, 0, 0, 'WITHSCORES')
  if waiting[2] then keep({ tonumber(waiting[2]), 0 }) end
end

local bound = string.format('%.0f-%.0f', floor[1], floor[2])
local dropped, freed, since = 0, 0, 0
if need > 0 then
  local from = '-'
  local each = redis.call('MEMORY', 'USAGE', stream) / redis.call('XLEN', stream)
  for _ = 1, ${LIMIT} / 100 do
    local entries = redis.call('XRANGE', stream, from, '(' .. bound, 'COUNT', 100)
    for _, one in ipairs(entries) do
      from = '(' .. one[1]
      if freed < need and not string.match(one[2][4], '^%d %S+ %d+ %d+ 1 ') then
        dropped = dropped + redis.call('XDEL', stream, one[1])
        freed = freed + math.max(each, #one[2][4] + #one[2][6])
        since = parse(one[1])[1]
      end
    end
    if #entries < 100 or freed >= need then break end
  end
else
  dropped = redis.call('XTRIM', stream, 'MINID', '~', bound, 'LIMIT', ${LIMIT})
end
local head = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
if need == 0 and dropped > 0 then since = head and parse(head[1])[1] or last[1] end
for _, key in ipairs({ prefix .. ':resends:' .. n, prefix .. ':replayed:' .. n }) do
  for _, entry in ipairs(redis.call('HKEYS', key)) do
    if not head or older(parse(entry), parse(head[1])) then redis.call('HDEL', key, entry) end
  end
end
return { dropped, math.ceil(freed), since }
`)

/**
 * Drops expired dead letters and decided callbacks.
 *
 * Arguments: prefix, retention of dead letters and of decided callbacks, both in ms.
 * Returns how many dead letters were dropped.
 */
export const EXPIRE = script(`${ALWAYS}${NOW}
local prefix, at = ARGV[1], now()
local letters = redis.call('XRANGE', prefix .. ':dead', '-', string.format('(%.0f', at - ARGV[2]), 'COUNT', 200)
for _, letter in ipairs(letters) do
  local field = {}
  for i = 1, #letter[2], 2 do field[letter[2][i]] = letter[2][i + 1] end
  redis.call('HDEL', prefix .. ':letters', field.partition .. ' ' .. field.entry .. ' ' .. field.plugin)
  redis.call('XDEL', prefix .. ':dead', letter[1])
end
redis.call('XTRIM', prefix .. ':kept:decided', 'MINID', '~', string.format('%.0f', at - ARGV[3]))
return #letters
`)

/** Whether this process should sweep now; no other one will for so many ms. Arguments: prefix, ms. */
export const SWEEP = script(`${ALWAYS}
return redis.call('SET', ARGV[1] .. ':swept', '1', 'PX', ARGV[2], 'NX') and 1 or 0
`)
