#!lua flags=allow-oom
-- Renews, returns and takes leases of a partition.
--
-- KEYS: the partition.
-- ARGV: the process, how long leases last in ms, whether expired ones stay with their processes (1 or 0; see members.lua);
-- then for each: plugin, what is wanted, the fence that the process has or empty.
-- `renew` renews it if there is a fence. `take` takes it if it is free. `clean`, `unsettled` and `failed` return it, and say
-- how the work ended.
-- Returns for each `held`, `free` or `other`, or after `take` a list: fence, whether all handlers of the former owner have
-- ended (1 or 0), cursor, last number, how many callbacks of the plugin were ever stored, and how many are finished.
local base, me, at, replies = KEYS[1], ARGV[1], now(), {}

local function take(plugin, key, lease)
  local isClean = lease[4] ~= '0' or lease[1] == me
  local fence = redis.call('HINCRBY', key, 'fence', 1)
  redis.call('HSET', key, 'owner', me, 'until', at + ARGV[2], 'clean', '0')
  local stream = redis.call('XINFO', 'STREAM', base .. ':cb')
  local tail = 0
  for i = 1, #stream, 2 do if stream[i] == 'last-generated-id' then tail = seqOf(stream[i + 1]) end end
  local counts = redis.call('HMGET', key, 'cursor', 'finished')
  return { fence, isClean and 1 or 0, tonumber(counts[1]), tail,
    tonumber(redis.call('HGET', base, 'stored:' .. plugin) or '0'), tonumber(counts[2]) }
end

-- If the work ends without a fault, no running suspect has ended it.
local function forgetTries(plugin)
  local tries = redis.call('HGETALL', base .. ':try:' .. plugin)
  for i = 1, #tries, 2 do
    if tonumber(tries[i + 1]) > 0 then redis.call('HDEL', base .. ':try:' .. plugin, tries[i]) end
  end
end

for i = 4, #ARGV, 3 do
  local plugin, wanted, fence = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  local key = base .. ':lease:' .. plugin
  local lease = redis.call('HMGET', key, 'owner', 'fence', 'until', 'clean', 'cursor')
  local reply = 'other'
  if fence ~= '' and lease[1] == me and lease[2] == fence then
    reply = 'held'
    if wanted == 'renew' then redis.call('HSET', key, 'until', at + ARGV[2])
    else
      if wanted ~= 'failed' then forgetTries(plugin) end
      redis.call('HSET', key, 'owner', '', 'until', '0', 'clean', wanted == 'clean' and '1' or '0')
    end
  elseif not lease[1] or lease[1] == '' or lease[1] == me or (ARGV[3] == '0' and tonumber(lease[3]) < at) then
    -- Without a cursor the plugin has been removed, and has to be set up first.
    reply = wanted == 'take' and lease[5] and take(plugin, key, lease) or 'free'
  end
  replies[#replies + 1] = reply
end
return replies
