#!lua flags=allow-oom
-- Dead-letters some of what waits for a removed plugin in a partition, and forgets the plugin there once nothing is left.
-- It stops if a process has the plugin again.
--
-- KEYS: the partition.
-- ARGV: plugin, its id as written in the plugins of an entry, the error, how many at most.
-- Returns how many dead letters it wrote, and whether that was all.
local base, plugin, room, at, count = KEYS[1], ARGV[1], tonumber(ARGV[4]), now(), 0
local key = base .. ':lease:' .. plugin
local lease = redis.call('HMGET', key, 'owner', 'until', 'cursor')
if not lease[3] or (lease[1] and lease[1] ~= '' and tonumber(lease[2]) > at) then return { 0, 1 } end

local function bury(seq, entry)
  local attempt = string.match(redis.call('HGET', base .. ':next:' .. plugin, seq) or '1', '^%d+')
  if entry then addLetter(base, plugin, seq, at, attempt - 1 .. ' ' .. at .. ' ' .. ARGV[3] .. '\0', entry[2][4], false) end
  count = count + 1
end

for _, seq in ipairs(redis.call('ZRANGE', base .. ':age:' .. plugin, 0, room - 1)) do
  bury(seq, redis.call('XRANGE', base .. ':cb', idOf(seq), idOf(seq))[1])
  redis.call('ZREM', base .. ':age:' .. plugin, seq)
  redis.call('ZREM', base .. ':due:' .. plugin, seq)
end
if count > 0 then return { count, 0 } end
local cursor = tonumber(lease[3])
local entries = redis.call('XRANGE', base .. ':cb', idOf(cursor + 1), '+', 'COUNT', room)
for _, one in ipairs(entries) do
  cursor = seqOf(one[1])
  if string.find(one[2][2], ARGV[2], 1, true) and not isMarked(base, plugin, cursor) then bury(cursor, one) end
end
redis.call('HSET', key, 'cursor', string.format('%.0f', cursor))
if #entries == room then return { count, 0 } end
for _, kind in ipairs({ 'lease', 'done', 'next', 'due', 'age', 'try' }) do redis.call('DEL', base .. ':' .. kind .. ':' .. plugin) end
redis.call('HDEL', base, 'stored:' .. plugin)
return { count, 1 }
