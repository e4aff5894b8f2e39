#!lua flags=allow-oom
-- Renews the leases that a process has for a plugin, and takes free ones.
--
-- KEYS: the partitions.
-- ARGV: the process, how long leases last in ms, whether expired ones stay with their processes (1 or 0; see members.lua), the
-- plugin, how many leases of it the process may have; then for each partition the fence that the process has, or empty.
-- Returns for each partition `held`, `other`, or a list if it was taken: fence, whether all handlers of the former owner have
-- ended (1 or 0), cursor, last number, how many callbacks of the plugin were ever stored, and how many are finished.
local me, plugin, room, at, leases, replies = ARGV[1], ARGV[4], tonumber(ARGV[5]), now(), {}, {}

for index, base in ipairs(KEYS) do
  local key, fence = base .. ':lease:' .. plugin, ARGV[5 + index]
  local lease = redis.call('HMGET', key, 'owner', 'fence', 'until', 'clean', 'cursor', 'finished')
  leases[index], replies[index] = lease, 'other'
  if fence ~= '' and lease[1] == me and lease[2] == fence then
    redis.call('HSET', key, 'until', at + ARGV[2])
    room, replies[index] = room - 1, 'held'
  end
end

for index, base in ipairs(KEYS) do
  local key, lease = base .. ':lease:' .. plugin, leases[index]
  local isFree = not lease[1] or lease[1] == '' or lease[1] == me or (ARGV[3] == '0' and tonumber(lease[3]) < at)
  -- Without a cursor the plugin has been removed, and has to be set up first.
  if replies[index] == 'other' and isFree and lease[5] and room > 0 then
    local isClean = lease[4] ~= '0' or lease[1] == me
    redis.call('HSET', key, 'owner', me, 'until', at + ARGV[2], 'clean', '0')
    room, replies[index] = room - 1, { redis.call('HINCRBY', key, 'fence', 1), isClean and 1 or 0, tonumber(lease[5]),
      tailOf(base), tonumber(redis.call('HGET', base, 'stored:' .. plugin) or '0'), tonumber(lease[6]) }
  end
end
return replies
