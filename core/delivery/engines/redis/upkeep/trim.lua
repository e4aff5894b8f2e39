#!lua flags=allow-oom
-- Drops the oldest callbacks of a partition, up to the first one that a plugin has not finished.
--
-- KEYS: the partition.
-- ARGV: age in ms, the part of the numbers that may stay (1: all), bytes or 0, then all plugins. With bytes it drops only
-- expendable callbacks, until so many bytes are free.
-- Returns how many were dropped, the bytes of expendable ones, and since when the partition is complete, or 0. Redis frees whole
-- nodes of a stream, so up to a hundred more may stay.
local LIMIT = 10000
local base, need = KEYS[1], tonumber(ARGV[3])
local stream = base .. ':cb'
local head = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
if not head then return { 0, 0, 0 } end
local first, last = seqOf(head[1]), seqOf(redis.call('XREVRANGE', stream, '+', '-', 'COUNT', 1)[1][1])
local floor = math.max(seek(stream, now() - ARGV[1]), math.floor(first + (last - first) * (1 - ARGV[2])))
if need > 0 then floor = last + 1 end
for i = 4, #ARGV do
  local cursor = redis.call('HGET', base .. ':lease:' .. ARGV[i], 'cursor')
  if cursor then floor = math.min(floor, cursor + 1) end
  local pending = redis.call('ZRANGE', base .. ':age:' .. ARGV[i], 0, 0)[1]
  if pending then floor = math.min(floor, pending) end
end
local function cameAt(entry) return tonumber(string.match(entry[2][4], '^%d %S+ %d+ (%d+)')) end

local dropped, freed, since = 0, 0, 0
if need > 0 then
  local from = first
  local each = redis.call('MEMORY', 'USAGE', stream) / redis.call('XLEN', stream)
  for _ = 1, LIMIT / 100 do
    local entries = from < floor and redis.call('XRANGE', stream, idOf(from), idOf(floor - 1), 'COUNT', 100) or {}
    for _, one in ipairs(entries) do
      from = seqOf(one[1]) + 1
      if freed < need and string.find(one[2][4], '^%d %S+ %d+ %d+ .1 ') then
        dropped = dropped + redis.call('XDEL', stream, one[1])
        freed = freed + math.max(each, #one[2][4])
        since = cameAt(one)
      end
    end
    if #entries < 100 or freed >= need then break end
  end
else
  dropped = redis.call('XTRIM', stream, 'MINID', '~', idOf(floor), 'LIMIT', LIMIT)
end
local left = redis.call('XRANGE', stream, '-', '+', 'COUNT', 1)[1]
if need == 0 and dropped > 0 then since = left and cameAt(left) or now() end
for _, key in ipairs({ base .. ':resends', base .. ':replayed' }) do
  for _, seq in ipairs(redis.call('HKEYS', key)) do
    if not left or tonumber(seq) < seqOf(left[1]) then redis.call('HDEL', key, seq) end
  end
end
return { dropped, math.ceil(freed), since }
