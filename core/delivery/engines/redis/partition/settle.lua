#!lua flags=allow-oom
-- Writes the outcomes of callbacks. It also runs when memory is full, or none would ever be freed. Each change may be
-- written twice.
--
-- KEYS: the partition of each lease.
-- ARGV: the process; then for each lease: plugin, fence, how many callbacks it has finished of all that were ever stored, how many
-- changes follow, and four texts for each change: its kind, its number, and what the kind needs:
-- cursor; done LAST; finished; try N; pending and held ATTEMPT DUE_AT DEFERRED_SINCE_OR_0;
-- dead and fault: the text before the entry in a dead letter, when it died.
-- Returns 1 for each lease whose changes were written, 0 if another process has it.
local me, replies, i = ARGV[1], {}, 2

local function settle(base, plugin, kind, seq, a, b, cursor)
  if kind == 'done' then
    redis.call('ZREMRANGEBYSCORE', base .. ':done:' .. plugin, seq, a)
    redis.call('ZADD', base .. ':done:' .. plugin, a, seq)
    return
  end
  local next, tries = base .. ':next:' .. plugin, base .. ':try:' .. plugin
  if kind == 'try' then return redis.call('HSET', tries, seq, a) end
  redis.call('HDEL', tries, seq)
  if kind == 'held' then return redis.call('HSET', next, seq, a) end
  if tonumber(seq) > cursor and not isMarked(base, plugin, seq) then
    redis.call('ZADD', base .. ':done:' .. plugin, seq, seq)
  end
  if kind == 'pending' then
    local attempt, dueAt, deferredSince = string.match(a, '^(%d+) (%d+) (%d+)$')
    return makePending(base, plugin, seq, attempt, dueAt, deferredSince)
  end
  redis.call('HDEL', next, seq)
  redis.call('ZREM', base .. ':due:' .. plugin, seq)
  redis.call('ZREM', base .. ':age:' .. plugin, seq)
  if kind == 'finished' then return end
  local entry = redis.call('XRANGE', base .. ':cb', idOf(seq), idOf(seq))[1]
  if entry then addLetter(base, plugin, seq, b, a, entry[2][4], kind == 'fault') end
end

for index, base in ipairs(KEYS) do
  local plugin, fence, finished, last = ARGV[i], ARGV[i + 1], ARGV[i + 2], i + 3 + 4 * ARGV[i + 3]
  local key = base .. ':lease:' .. plugin
  local lease = redis.call('HMGET', key, 'owner', 'fence', 'cursor')
  replies[index] = lease[1] == me and lease[2] == fence and 1 or 0
  if replies[index] == 1 then
    local cursor = tonumber(lease[3])
    for j = i + 4, last, 4 do
      if ARGV[j] == 'cursor' then cursor = math.max(cursor, ARGV[j + 1])
      else settle(base, plugin, ARGV[j], ARGV[j + 1], ARGV[j + 2], ARGV[j + 3], cursor) end
    end
    if cursor > tonumber(lease[3]) then redis.call('ZREMRANGEBYSCORE', base .. ':done:' .. plugin, '-inf', cursor) end
    redis.call('HSET', key, 'cursor', string.format('%.0f', cursor), 'finished', finished)
  end
  i = last + 1
end
return replies
