#!lua flags=allow-oom
-- Sets up plugins in partitions. A new plugin starts with the next callback. A Redis that took over from another may
-- lack its last callbacks, and must not give their numbers to others, so it skips many numbers.
--
-- KEYS: partitions.
-- ARGV: a name for this Redis since its start, then plugins.
local JUMP = 1000000
for _, base in ipairs(KEYS) do
  local stream = base .. ':cb'
  if redis.call('EXISTS', stream) == 0 then redis.call('XDEL', stream, redis.call('XADD', stream, '0-*', 'to', '', 'is', '')) end
  local tail, known = tailOf(base), redis.call('HGET', base, 'redis')
  if known and known ~= ARGV[1] then
    tail = tail + JUMP
    redis.call('XSETID', stream, idOf(tail))
  end
  redis.call('HSET', base, 'redis', ARGV[1])
  for i = 2, #ARGV do
    local stored = redis.call('HGET', base, 'stored:' .. ARGV[i]) or '0'
    local key = base .. ':lease:' .. ARGV[i]
    if redis.call('HSETNX', key, 'cursor', string.format('%.0f', tail)) == 1 then redis.call('HSET', key, 'finished', stored) end
  end
end
