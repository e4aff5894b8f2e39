#!lua flags=allow-oom
-- Drops dead letters, the oldest first.
--
-- KEYS: the partition.
-- ARGV: `dead`, or `faults` for those for faults; up to when they died, in ms; the most bytes to free.
-- Returns how many, and their bytes.
local MOST = 200
local base, freed, count = KEYS[1], 0, 0
for _, name in ipairs(redis.call('ZRANGEBYSCORE', base .. ':' .. ARGV[1], '-inf', ARGV[2], 'LIMIT', 0, MOST)) do
  if freed >= tonumber(ARGV[3]) then break end
  freed = freed + dropLetter(base, name)
  count = count + 1
end
return { count, freed }
