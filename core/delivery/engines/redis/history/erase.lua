#!lua flags=allow-oom
-- Deletes a callback of a partition, unless it waits, with its dead letters.
--
-- KEYS: the partition.
-- ARGV: the number, and its plugins.
-- Returns whether it was deleted.
local base, seq = KEYS[1], ARGV[1]
for i = 2, #ARGV do
  if isWaiting(base, ARGV[i], seq, true) then return 0 end
end
for i = 2, #ARGV do dropLetter(base, ARGV[i] .. ' ' .. seq) end
redis.call('XDEL', base .. ':cb', idOf(seq))
redis.call('HDEL', base .. ':replayed', seq)
return 1
