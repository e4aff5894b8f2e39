import { script } from '../../../../store/redis/script.ts'
import { ALWAYS, NOW } from './lua.ts'

/**
 * Creates missing consumer groups, which start with the next callback. Returns the stored version and number of
 * partitions, or those given if none were stored.
 *
 * Arguments: prefix, version, partitions, plugins...
 */
export const OPEN = script(`${ALWAYS}${NOW}
local prefix, meta = ARGV[1], ARGV[1] .. ':meta'
redis.call('HSETNX', meta, 'version', ARGV[2])
redis.call('HSETNX', meta, 'partitions', ARGV[3])
local stored = redis.call('HMGET', meta, 'version', 'partitions')
if stored[1] ~= ARGV[2] then return stored end
for i = 4, #ARGV do
  for n = 0, stored[2] - 1 do
    -- Fails where there is one already, which is to stay as it is.
    redis.pcall('XGROUP', 'CREATE', prefix .. ':cb:' .. n, ARGV[i], '$', 'MKSTREAM')
  end
  redis.call('ZADD', prefix .. ':plugins', now(), ARGV[i])
end
return stored
`)
