import { script } from '../../../../store/redis/script.ts'
import { ALWAYS, NOW, WHERE_ROOM } from './lua.ts'

/** Bytes that a callback takes beside its texts. */
const ROW_BYTES = 200
/** The most rows that one call evicts: Redis serves nobody else meanwhile. */
const MOST = 500

/**
 * Stores a refused callback and adds its bytes to those of its app. A resend within the resend window is counted on the
 * first one.
 *
 * Arguments: prefix, app, bytes of its texts, fingerprint, resend window in ms, then the fields of the entry.
 */
export const RECORD_REFUSED = script(`${WHERE_ROOM}
local prefix, app, bytes, window = ARGV[1], ARGV[2], ARGV[3] + ${ROW_BYTES}, tonumber(ARGV[5])
local stream, key = prefix .. ':kept:refused', prefix .. ':refusal:' .. ARGV[4]
local first = window > 0 and redis.call('GET', key)
if first and #redis.call('XRANGE', stream, first, first) > 0 then
  return redis.call('HINCRBY', prefix .. ':resends:kept:refused', first, 1)
end
local entry = redis.call('XADD', stream, '*', unpack(ARGV, 6))
if window > 0 then redis.call('SET', key, entry, 'PX', window) end
redis.call('RPUSH', prefix .. ':refused:' .. app, entry .. ' ' .. bytes)
redis.call('HINCRBY', prefix .. ':refused', app, bytes)
return 1
`)

/**
 * Evicts refused callbacks until they fit their share: the app with the most bytes loses its oldest. Expired ones
 * always go.
 *
 * Arguments: prefix, bytes that may stay, age in ms.
 * Returns how many were evicted before they expired, their bytes, and whether there is more to do.
 */
export const EVICT_REFUSED = script(`${ALWAYS}${NOW}
local prefix, share, before = ARGV[1], tonumber(ARGV[2]), now() - ARGV[3]
local taken, total, steps, count, freed = {}, 0, 0, 0, 0
local all = redis.call('HGETALL', prefix .. ':refused')
for i = 1, #all, 2 do
  taken[all[i]] = tonumber(all[i + 1])
  total = total + taken[all[i]]
end

local function oldest(app)
  local first = redis.call('LINDEX', prefix .. ':refused:' .. app, 0)
  if not first then return end
  local entry, ms, bytes = string.match(first, '^((%d+)%-%d+) (%d+)$')
  return entry, tonumber(ms), tonumber(bytes)
end

local function drop(app, entry, bytes)
  redis.call('LPOP', prefix .. ':refused:' .. app)
  redis.call('XDEL', prefix .. ':kept:refused', entry)
  redis.call('HDEL', prefix .. ':resends:kept:refused', entry)
  taken[app], total, steps = taken[app] - bytes, total - bytes, steps + 1
end

local function largest()
  local most
  for app, bytes in pairs(taken) do if bytes > 0 and (not most or bytes > taken[most]) then most = app end end
  return most
end

for app in pairs(taken) do
  local entry, ms, bytes = oldest(app)
  while entry and ms < before and steps < ${MOST} do
    drop(app, entry, bytes)
    entry, ms, bytes = oldest(app)
  end
end
while total > share and steps < ${MOST} do
  local app = largest()
  if not app then break end
  local entry, ms, bytes = oldest(app)
  if not entry then break end
  drop(app, entry, bytes)
  count, freed = count + 1, freed + bytes
end
for app, bytes in pairs(taken) do
  if bytes > 0 then redis.call('HSET', prefix .. ':refused', app, string.format('%.0f', bytes))
  else redis.call('HDEL', prefix .. ':refused', app) end
end
return { count, freed, steps >= ${MOST} and 1 or 0 }
`)

/**
 * Evicts dead letters for faults until they fit their share, the oldest first.
 *
 * Arguments: prefix, bytes that may stay.
 * Returns how many were evicted, their bytes, and whether there is more to do.
 */
export const EVICT_FAULTS = script(`${ALWAYS}
local prefix, share = ARGV[1], tonumber(ARGV[2])
local total, steps, count, freed = tonumber(redis.call('GET', prefix .. ':faults:bytes') or '0'), 0, 0, 0
while total > share and steps < ${MOST} do
  local first = redis.call('LPOP', prefix .. ':faults')
  if not first then total = 0 break end
  local letter, bytes = string.match(first, '^(%S+) (%d+)$')
  local found = redis.call('XRANGE', prefix .. ':dead', letter, letter)[1]
  total, steps = total - bytes, steps + 1
  -- It may have been retried or dropped since.
  if found then
    local field = {}
    for i = 1, #found[2], 2 do field[found[2][i]] = found[2][i + 1] end
    redis.call('HDEL', prefix .. ':letters', field.partition .. ' ' .. field.entry .. ' ' .. field.plugin)
    redis.call('XDEL', prefix .. ':dead', letter)
    count, freed = count + 1, freed + bytes
  end
end
redis.call('SET', prefix .. ':faults:bytes', string.format('%.0f', total))
return { count, freed, steps >= ${MOST} and 1 or 0 }
`)
