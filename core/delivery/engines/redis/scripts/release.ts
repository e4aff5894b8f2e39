import { script } from '../../../../store/redis/script.ts'
import { ALWAYS, OWNS } from './lua.ts'

/**
 * Gives leases back, and has the others look at once.
 *
 * Arguments: prefix, whether nothing is under way, then of each: plugin, partition, fence.
 */
export const RELEASE = script(`${ALWAYS}${OWNS}
local prefix = ARGV[1]
for i = 3, #ARGV, 3 do
  if owns(prefix, ARGV[i], ARGV[i + 1], ARGV[i + 2]) then
    redis.call('HSET', prefix .. ':lease:' .. ARGV[i] .. ':' .. ARGV[i + 1], 'owner', '', 'until', '0', 'clean', ARGV[2])
  end
end
redis.call('PUBLISH', prefix .. ':all', 'free')
return 1
`)

/**
 * A process counts no more: its share is the others'.
 *
 * Arguments: prefix, own name, plugins... Gives how many callbacks wait for plugins that no other process has.
 */
export const DEREGISTER = script(`${ALWAYS}
local prefix, left = ARGV[1], 0
redis.call('ZREM', prefix .. ':members', ARGV[2])
for i = 3, #ARGV do
  redis.call('ZREM', prefix .. ':has:' .. ARGV[i], ARGV[2])
  if redis.call('ZCARD', prefix .. ':has:' .. ARGV[i]) == 0 then
    left = left + math.max(0, tonumber(redis.call('HGET', prefix .. ':backlog', ARGV[i]) or '0'))
  end
end
return left
`)
