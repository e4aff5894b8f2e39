#!lua flags=allow-oom
-- The heartbeat of a process.
--
-- KEYS: the prefix.
-- ARGV: the process, how long it counts as alive in ms, whether it is leaving (1 or 0), its plugins.
-- Nobody can renew leases during an outage. So if nobody has sent a heartbeat for half the time of a lease, expired
-- leases stay with their processes for the time of one more: who comes back first takes none of them.
-- Returns the time, whether it had not counted as alive, whether expired leases stay (1 or 0), and for each plugin how many
-- processes have it and which of them this one is, from 0.
local prefix, me, at = KEYS[1], ARGV[1], now()
local hasCome, replies = 0, {}
local latest = redis.call('ZREVRANGE', prefix .. ':members', 0, 0, 'WITHSCORES')[2]
if latest and latest - ARGV[2] / 2 < at then redis.call('SET', prefix .. ':outage', at, 'PX', ARGV[2]) end
for i = 4, #ARGV do
  local has = prefix .. ':has:' .. ARGV[i]
  redis.call('ZADD', prefix .. ':plugins', at, ARGV[i])
  redis.call('ZREMRANGEBYSCORE', has, '-inf', at)
  if ARGV[3] == '1' then redis.call('ZREM', has, me)
  elseif redis.call('ZADD', has, at + ARGV[2], me) == 1 then hasCome = 1 end
  local members, rank = redis.call('ZRANGE', has, 0, -1), 0
  for _, member in ipairs(members) do if member < me then rank = rank + 1 end end
  replies[#replies + 1] = { #members, rank }
end
redis.call('ZREMRANGEBYSCORE', prefix .. ':members', '-inf', at)
if ARGV[3] == '1' then redis.call('ZREM', prefix .. ':members', me)
elseif redis.call('ZADD', prefix .. ':members', at + ARGV[2], me) == 1 then hasCome = 1 end
return { at, hasCome, redis.call('EXISTS', prefix .. ':outage'), replies }
