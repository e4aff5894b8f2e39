#!lua flags=allow-oom
-- Deletes a callback of a partition, with its dead letters. For a plugin that it waits for it then counts as finished, and
-- the process with that lease loses it, since its counts and what it has read are outdated.
--
-- KEYS: the partition.
-- ARGV: the number, whether it is deleted even if it waits (1 or 0), and its plugins.
-- Returns whether it was deleted.
local base, seq, plugins, waiting = KEYS[1], ARGV[1], {}, {}
for i = 3, #ARGV do plugins[ARGV[i]] = false end
for plugin in pairs(cjson.decode(redis.call('HGET', base .. ':replayed', seq) or '{}')) do plugins[plugin] = false end
local entry = redis.call('XRANGE', base .. ':cb', idOf(seq), idOf(seq))[1]
for _, plugin in ipairs(cjson.decode(entry and entry[2][2] or '[]')) do plugins[plugin] = true end
for plugin, isTheirs in pairs(plugins) do
  if isWaiting(base, plugin, seq, isTheirs) then waiting[#waiting + 1] = plugin end
end
if #waiting > 0 and ARGV[2] == '0' then return 0 end

for _, plugin in ipairs(waiting) do
  redis.call('HINCRBY', base .. ':lease:' .. plugin, 'fence', 1)
  redis.call('HINCRBY', base .. ':lease:' .. plugin, 'finished', 1)
  redis.call('HDEL', base .. ':next:' .. plugin, seq)
  redis.call('HDEL', base .. ':try:' .. plugin, seq)
  redis.call('ZREM', base .. ':due:' .. plugin, seq)
  redis.call('ZREM', base .. ':age:' .. plugin, seq)
end
for plugin in pairs(plugins) do dropLetter(base, plugin .. ' ' .. seq) end
redis.call('XDEL', base .. ':cb', idOf(seq))
redis.call('HDEL', base .. ':replayed', seq)
return 1
