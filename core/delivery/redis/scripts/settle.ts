import { script } from '../../../store/redis-script.ts'
import { ALWAYS, BURY, FORGET, NOW, OWNS } from './lua.ts'

/** Arguments of one outcome. */
const SETTLE_WIDTH = 7

/**
 * Writes what has become of entries. An owner that has lost its lease is refused. Writing the same once more changes
 * nothing: an outcome whose reply was lost is sent again, and whatever is no longer pending has its outcome.
 *
 * Arguments: prefix, then of each: kind, plugin, N, fence, entry, a, b.
 * `done`; `retry` attempt, in ms; `hold` the same, keeping its key; `dead` attempts, error; `try` number of the death
 * that this may become; `alive` what was tried has not died.
 * Gives 1 of each that was let through, else 0.
 */
export const SETTLE = script(`${ALWAYS}${NOW}${OWNS}${FORGET}${BURY}
local prefix, at, replies = ARGV[1], now(), {}

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
    local fields = kind == 'dead' and redis.call('XRANGE', stream, entry, entry)[1]
    if redis.call('XACK', stream, plugin, entry) == 0 then return end
    forget(prefix, plugin, n, entry)
    if kind == 'retry' then
      redis.call('HSET', prefix .. ':tried:' .. where, entry, a .. ' 0')
      redis.call('ZADD', prefix .. ':due:' .. where, at + b, entry)
      redis.call('ZADD', prefix .. ':age:' .. where, string.match(entry, '^%d+'), entry)
    elseif fields then
      bury(prefix, plugin, n, entry, fields[2], a, b, at)
    else
      redis.call('HINCRBY', prefix .. ':backlog', plugin, -1)
    end
  end
end

for i = 2, #ARGV, ${SETTLE_WIDTH} do
  local kind, plugin, n, fence = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local through = owns(prefix, plugin, n, fence)
  if through then settle(kind, plugin, n, ARGV[i + 4], ARGV[i + 5], ARGV[i + 6]) end
  replies[#replies + 1] = through and 1 or 0
end
return replies
`)
