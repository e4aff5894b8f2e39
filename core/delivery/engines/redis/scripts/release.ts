import { script } from '../../../../store/redis/script.ts'
import { ALWAYS, OWNS } from './lua.ts'

/**
 * Releases leases and has the other processes look for them at once.
 *
 * Arguments: prefix, whether no handler runs, then for each: plugin, partition, fence.
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
 * Deregisters a process, so that others take its share of the partitions.
 *
 * Arguments: prefix, own name, plugins... Returns how many callbacks wait for plugins that no other process has.
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
