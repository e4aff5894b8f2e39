#!lua flags=no-writes
-- KEYS: a partition. ARGV: times in ms.
-- Returns for each time the first number from which on callbacks came then or later, about.
local replies = {}
for index, ms in ipairs(ARGV) do replies[index] = seek(KEYS[1] .. ':cb', tonumber(ms)) end
return replies
