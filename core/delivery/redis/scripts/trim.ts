import { script } from '../../../store/redis-script.ts'
import { ALWAYS, NOW } from './lua.ts'

/** Entries dropped by one call, about: Redis stands still meanwhile. */
const LIMIT = 10_000

/**
 * Drops the oldest callbacks of a partition, but none that a plugin has not finished: those behind a group's last
 * entry, those pending and those that wait for a retry stay, and whatever is newer than the oldest of them.
 *
 * Arguments: prefix, N, age in ms, and the part of the partition's span of time that may stay (1: all of it).
 * Gives how many were dropped. Redis drops whole nodes of a stream, so up to a hundred more may stay.
 */
export const TRIM = script(`${ALWAYS}${NOW}
local prefix, n, age, part = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local stream = prefix .. ':cb:' .. n
if redis.call('XLEN', stream) == 0 then return 0 end

local function parse(entry)
  local ms, seq = string.match(entry, '^(%d+)-(%d+)$')
  return { tonumber(ms), tonumber(seq) }
end
local function older(one, other) return one[1] < other[1] or (one[1] == other[1] and one[2] < other[2]) end

local first = parse(redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1][1])
local last = parse(redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1][1])
local floor = { math.max(now() - age, first[1] + (last[1] - first[1]) * (1 - part)), 0 }
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
local dropped = redis.call('XTRIM', stream, 'MINID', '~', bound, 'LIMIT', ${LIMIT})
local head = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
for _, key in ipairs({ prefix .. ':resends:' .. n, prefix .. ':replayed:' .. n }) do
  for _, entry in ipairs(redis.call('HKEYS', key)) do
    if not head or older(parse(entry), parse(head[1])) then redis.call('HDEL', key, entry) end
  end
end
return dropped
`)

/**
 * Drops dead letters, and what was kept, once their time is over.
 *
 * Arguments: prefix, how long dead letters and refused callbacks stay, how long decided ones stay, both in ms.
 * Gives how many dead letters were dropped.
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
redis.call('XTRIM', prefix .. ':kept:refused', 'MINID', '~', string.format('%.0f', at - ARGV[2]))
redis.call('XTRIM', prefix .. ':kept:decided', 'MINID', '~', string.format('%.0f', at - ARGV[3]))
return #letters
`)

/** Whether this process is to look for what has had its time, and no other one for so many ms. Arguments: prefix, ms. */
export const SWEEP = script(`${ALWAYS}
return redis.call('SET', ARGV[1] .. ':swept', '1', 'PX', ARGV[2], 'NX') and 1 or 0
`)
