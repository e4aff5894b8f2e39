#!lua flags=no-writes
-- Reads callbacks of a plugin: certain ones, or those that are due, the longest overdue first.
--
-- KEYS: the partition.
-- ARGV: plugin, `due` or `seqs`. For `seqs` the numbers. For `due` the longest delay of a retry in ms (what is due later was
-- written before the clock was set back), the longest one of a suspect or a deferred callback, how many, and the numbers that
-- are being delivered.
-- Returns rows as read.lua does (without an entry if it is no longer stored), and when the next one is due, or
-- empty.
local SCAN = 1000
local base, plugin = KEYS[1], ARGV[1]
local due, next, tries = base .. ':due:' .. plugin, base .. ':next:' .. plugin, base .. ':try:' .. plugin
local at, rows, nextAt, skip = now(), {}, '', {}

local function put(seq)
  local entry = redis.call('XRANGE', base .. ':cb', idOf(seq), idOf(seq))[1]
  rows[#rows + 1] = { tonumber(seq), redis.call('HGET', next, seq) or '', redis.call('HGET', tries, seq) or '0',
    redis.call('HGET', base .. ':resends', seq) or '0', entry and entry[2][4] or '' }
end

-- Suspects and deferred callbacks wait longer than retries.
local function isLate(seq, dueAt)
  local isPutOff = redis.call('HEXISTS', tries, seq) == 1 or not string.find(redis.call('HGET', next, seq) or '', ' 0$')
  return not isPutOff or dueAt > at + ARGV[4]
end

if ARGV[2] == 'seqs' then
  for i = 3, #ARGV do put(ARGV[i]) end
  return { rows, '' }
end
local limit = tonumber(ARGV[5])
for i = 6, #ARGV do skip[ARGV[i]] = true end
local found = redis.call('ZRANGEBYSCORE', due, '-inf', at, 'LIMIT', 0, limit + 1 + #ARGV - 5)
local later = redis.call('ZRANGEBYSCORE', due, '(' .. at, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
if later[2] then nextAt = string.format('%.0f', later[2]) end
local late = redis.call('ZRANGEBYSCORE', due, '(' .. at + ARGV[3], '+inf', 'WITHSCORES', 'LIMIT', 0, SCAN)
for i = 1, #late, 2 do if isLate(late[i], tonumber(late[i + 1])) then found[#found + 1] = late[i] end end
for _, seq in ipairs(found) do
  if not skip[seq] then
    if #rows >= limit then
      nextAt = string.format('%.0f', at)
      break
    end
    put(seq)
  end
end
return { rows, nextAt }
