#!lua flags=no-writes
-- Reads the next callbacks of a plugin that are not settled.
--
-- KEYS: the partition.
-- ARGV: plugin, its id as written in the plugins of an entry, the number after which to read, how many.
-- Returns the number up to which it read, whether nothing follows, how many of the plugin's were ever stored, and
-- for each callback: number, its next attempt or empty, its `try`, its resends, the entry.
local CHUNK, SCAN, CHARACTERS = 50, 2000, 4000000
local base, plugin, name, at, limit = KEYS[1], ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local next, tries, resends = base .. ':next:' .. plugin, base .. ':try:' .. plugin, base .. ':resends'
local hasNext, hasTries, hasResends =
  redis.call('EXISTS', next) == 1, redis.call('EXISTS', tries) == 1, redis.call('EXISTS', resends) == 1
local rows, scanned, size, isEnd = {}, 0, 0, 0
local first, last

-- The next mark of settled numbers that ends at or after a number.
local function findMark(from)
  local mark = redis.call('ZRANGEBYSCORE', base .. ':done:' .. plugin, from, '+inf', 'WITHSCORES', 'LIMIT', 0, 1)
  first, last = tonumber(mark[1] or math.huge), tonumber(mark[2] or math.huge)
end
findMark(at + 1)

while #rows < limit and size < CHARACTERS and scanned < SCAN do
  local count = math.min(limit - #rows, CHUNK)
  local entries = redis.call('XRANGE', base .. ':cb', idOf(at + 1), '+', 'COUNT', count)
  local isShort = #entries < count
  for _, one in ipairs(entries) do
    local seq = seqOf(one[1])
    scanned = scanned + 1
    if seq > last then findMark(seq) end
    if seq >= first then
      at, isShort = last, false
      break
    end
    at = seq
    local fields = one[2]
    if string.find(fields[2], name, 1, true) then
      rows[#rows + 1] = { seq, hasNext and redis.call('HGET', next, seq) or '', hasTries and redis.call('HGET', tries, seq) or '0',
        hasResends and redis.call('HGET', resends, seq) or '0', fields[4] }
      size = size + #fields[4]
    end
    if size >= CHARACTERS then
      isShort = false
      break
    end
  end
  if isShort then
    isEnd = 1
    break
  end
end
return { at, isEnd, tonumber(redis.call('HGET', base, 'stored:' .. plugin) or '0'), rows }
