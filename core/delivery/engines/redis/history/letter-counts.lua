#!lua flags=no-writes
-- Counts the newest dead letters of a partition by plugin and error.
--
-- KEYS: the partition. ARGV: how many at most.
-- Returns plugin, error and count of each group.
local base, counts, reply = KEYS[1], {}, {}
for _, name in ipairs(redis.call('ZREVRANGE', base .. ':dead', 0, ARGV[1] - 1)) do
  local text = redis.call('HGET', base .. ':letters', name)
  local plugin = string.match(name, '^(.*) %d+$')
  local error = text and string.match(text, '^%d+ %d+ ([^%z]*)%z')
  if error then
    counts[plugin] = counts[plugin] or {}
    counts[plugin][error] = (counts[plugin][error] or 0) + 1
  end
end
for plugin, errors in pairs(counts) do
  for error, count in pairs(errors) do
    reply[#reply + 1] = { plugin, error, count }
  end
end
return reply
