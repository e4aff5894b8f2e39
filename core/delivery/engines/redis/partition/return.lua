#!lua flags=allow-oom
-- Returns leases.
--
-- KEYS: the partition of each lease.
-- ARGV: the process, how the work ended (`clean`, `unsettled` or `failed`); then for each lease: plugin, fence.
local me, ending = ARGV[1], ARGV[2]
for index, base in ipairs(KEYS) do
  local plugin, fence = ARGV[2 * index + 1], ARGV[2 * index + 2]
  local key, try = base .. ':lease:' .. plugin, base .. ':try:' .. plugin
  local lease = redis.call('HMGET', key, 'owner', 'fence')
  if lease[1] == me and lease[2] == fence then
    -- If the work ends without a fault, no running suspect has ended it.
    local tries = ending == 'failed' and {} or redis.call('HGETALL', try)
    for i = 1, #tries, 2 do if tonumber(tries[i + 1]) > 0 then redis.call('HDEL', try, tries[i]) end end
    redis.call('HSET', key, 'owner', '', 'until', '0', 'clean', ending == 'clean' and '1' or '0')
  end
end
