import { script } from '../../../../store/redis/script.ts'
import { ALWAYS, DEAD_LETTER, CONSUMER, FORGET, IS_AFTER, NOW } from './lua.ts'

/** Arguments per outcome. */
const SETTLE_WIDTH = 7

/**
 * Writes the outcomes of entries and refuses an owner that lost its lease. It is idempotent: an outcome whose reply was
 * lost is sent again, and an entry that is no longer pending already has its outcome.
 *
 * Arguments: prefix, then for each: kind, plugin, N, fence, entry, a, b. The kinds are:
 * - `pass`: an ack. a is its number within the lease. b has the number of done entries that were not pending, and then
 * the entries that are not done and become pending. The last entry of the group moves up to this entry, unless it is
 * further on already.
 * - `done`.
 * - `retry`: attempt, in ms. `hold`: the same, keeping its key.
 * - `dead`: attempts, error. `fault`: the same, for a body that does not fit its definition.
 * - `try`: the number of the crash that this may become.
 * - `alive`: the suspect ran without a crash.
 *
 * Returns 1 for each outcome that was accepted, else 0.
 */
export const SETTLE = script(`${ALWAYS}${NOW}${FORGET}${DEAD_LETTER}${IS_AFTER}
local prefix, at, replies, leases, less = ARGV[1], now(), {}, {}, {}

local function finish(plugin, count) less[plugin] = (less[plugin] or 0) + count end

local function leaseOf(plugin, n)
  local key = prefix .. ':lease:' .. plugin .. ':' .. n
  if not leases[key] then
    local found = redis.call('HMGET', key, 'fence', 'step', 'told')
    leases[key] = { key = key, fence = found[1], step = tonumber(found[2] or '0'), told = found[3] or '0-0' }
  end
  return leases[key]
end

local function pass(lease, plugin, n, entry, step, counts)
  if tonumber(step) <= lease.step then return end
  lease.step = tonumber(step)
  redis.call('HSET', lease.key, 'step', step)
  local stream, count = prefix .. ':cb:' .. n, nil
  for word in string.gmatch(counts, '%S+') do
    if count then redis.call('XCLAIM', stream, plugin, '${CONSUMER}', 0, word, 'FORCE', 'JUSTID')
    else count = tonumber(word) end
  end
  if count > 0 then finish(plugin, count) end
  -- A Redis that took over from another may lack the last ones, and number what comes now like them.
  if not isAfter(entry, lease.told) or not redis.call('XRANGE', stream, entry, entry)[1] then return end
  lease.told = entry
  redis.call('HSET', lease.key, 'told', entry)
  redis.call('XGROUP', 'SETID', stream, plugin, entry)
end

local function settle(kind, plugin, n, entry, a, b)
  local stream, where = prefix .. ':cb:' .. n, plugin .. ':' .. n
  if kind == 'try' then
    redis.call('HSET', prefix .. ':tries:' .. where, entry, a)
  elseif kind == 'alive' then
    redis.call('HDEL', prefix .. ':tries:' .. where, entry)
  elseif kind == 'hold' then
    forget(prefix, plugin, n, entry)
    redis.call('HSET', prefix .. ':tried:' .. where, entry, a .. ' ' .. (at + b))
  else
    local isDead = kind == 'dead' or kind == 'fault'
    local fields = isDead and redis.call('XRANGE', stream, entry, entry)[1]
    if redis.call('XACK', stream, plugin, entry) == 0 then return end
    forget(prefix, plugin, n, entry)
    if kind == 'retry' then
      redis.call('HSET', prefix .. ':tried:' .. where, entry, a .. ' 0')
      redis.call('ZADD', prefix .. ':due:' .. where, at + b, entry)
      redis.call('ZADD', prefix .. ':age:' .. where, string.match(entry, '^%d+'), entry)
    elseif fields then
      deadLetter(prefix, plugin, n, entry, fields[2], a, b, at, kind == 'fault')
    else
      finish(plugin, 1)
    end
  end
end

for i = 2, #ARGV, ${SETTLE_WIDTH} do
  local kind, plugin, n, fence = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local lease = leaseOf(plugin, n)
  local through = lease.fence == fence
  if through and kind == 'pass' then pass(lease, plugin, n, ARGV[i + 4], ARGV[i + 5], ARGV[i + 6])
  elseif through then settle(kind, plugin, n, ARGV[i + 4], ARGV[i + 5], ARGV[i + 6]) end
  replies[#replies + 1] = through and 1 or 0
end
for plugin, count in pairs(less) do redis.call('HINCRBY', prefix .. ':backlog', plugin, -count) end
return replies
`)
