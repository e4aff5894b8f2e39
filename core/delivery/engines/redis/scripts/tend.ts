import { script } from '../../../../store/redis/script.ts'
import { ALWAYS, NOW } from './lua.ts'

/**
 * The heartbeat of a process: renews its leases and takes free ones up to its fair share. A lease is free if it was
 * released or has expired, or if Redis counts it as ours and we do not: then the reply that gave it was lost. A process
 * that shuts down has no share, and only renews what it has still to finish.
 *
 * Arguments: prefix, own name, lease in ms, partitions, whether it shuts down, then for each plugin: its id, and
 * `N=FENCE,...` of what it holds.
 * Returns the last fence given, and for each plugin: whether this process had counted as dead, how many leases exceed
 * the fair share, the time in ms, and then partition, fence and standing of each lease: 0 held before, 1 new and
 * released properly, 2 new and left by a crash.
 */
export const HEARTBEAT = script(`${ALWAYS}${NOW}
local prefix, me, ttl, total = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local at = now()
local replies, came = {}, false

local function share(has)
  redis.call('ZREMRANGEBYSCORE', has, '-inf', at)
  if ARGV[5] == '1' then
    redis.call('ZREM', has, me)
    return 0, 0
  end
  local lapsed = redis.call('ZADD', has, at + ttl, me)
  local members = redis.call('ZRANGE', has, 0, -1)
  table.sort(members)
  local rank = 0
  for index, member in ipairs(members) do if member == me then rank = index - 1 end end
  local quota = math.floor(total / #members)
  if rank < total % #members then quota = quota + 1 end
  return lapsed, quota
end

redis.call('ZREMRANGEBYSCORE', prefix .. ':members', '-inf', at)
if ARGV[5] == '1' then redis.call('ZREM', prefix .. ':members', me)
else redis.call('ZADD', prefix .. ':members', at + ttl, me) end
for _, member in ipairs(redis.call('HKEYS', prefix .. ':told')) do
  if member ~= me and not redis.call('ZSCORE', prefix .. ':members', member) then redis.call('HDEL', prefix .. ':told', member) end
end
for i = 6, #ARGV, 2 do
  local plugin, held = ARGV[i], {}
  for n, fence in string.gmatch(ARGV[i + 1], '(%d+)=(%d+)') do held[n] = fence end
  redis.call('ZADD', prefix .. ':plugins', at, plugin)
  local lapsed, quota = share(prefix .. ':has:' .. plugin)
  if lapsed == 1 then came = true end
  local reply, count, free = { lapsed, 0, at }, 0, {}
  for n = 0, total - 1 do
    local key = prefix .. ':lease:' .. plugin .. ':' .. n
    local lease = redis.call('HMGET', key, 'owner', 'fence', 'until', 'clean')
    local mine = held[tostring(n)]
    if mine and mine == lease[2] and lease[1] == me then
      redis.call('HSET', key, 'until', at + ttl)
      count = count + 1
      for _, value in ipairs({ n, mine, 0 }) do reply[#reply + 1] = value end
    elseif not lease[1] or lease[1] == '' or lease[1] == me or tonumber(lease[3]) < at then
      free[#free + 1] = { n, key, (not lease[4] or lease[4] == '1') and 1 or 2 }
    end
  end
  for _, one in ipairs(free) do
    if count >= quota then break end
    local fence = redis.call('INCR', prefix .. ':fence')
    redis.call('HSET', one[2], 'owner', me, 'fence', fence, 'until', at + ttl, 'clean', '0', 'step', '0', 'told', '0-0')
    count = count + 1
    for _, value in ipairs({ one[1], tostring(fence), one[3] }) do reply[#reply + 1] = value end
  end
  reply[2] = math.max(0, count - quota)
  replies[#replies + 1] = reply
end
-- The others have more than their fair share now.
if came then redis.call('PUBLISH', prefix .. ':all', 'free') end
table.insert(replies, 1, redis.call('GET', prefix .. ':fence') or '')
return replies
`)
