#!lua flags=no-writes
-- KEYS: a partition. ARGV: times in ms.
-- Returns for each time about the first number whose callback was received then or later.
local replies = {}
for index, ms in ipairs(ARGV) do replies[index] = seek(KEYS[1] .. ':cb', tonumber(ms)) end
return replies
