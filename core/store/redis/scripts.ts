import { script } from './script.ts'

/*
 * A plugin's values are in three keys: KEYS[1] is a hash from key to value, each as `ENDS\nJSON`; KEYS[2] a sorted set of the
 * keys, for listing by prefix; KEYS[3] a sorted set of the keys with a time to live, by when they expire. ARGV[1] is the time in milliseconds,
 * empty for Redis' own clock, which all processes share.
 */
const NOW = `
local function clock()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
local now = tonumber(ARGV[1]) or clock()
`

// Scripts that read or delete still run when the memory is full. Scripts that store fail as a whole.
const READING = '#!lua flags=no-writes\n'
const ENDING = '#!lua flags=allow-oom\n'
const STORING = '#!lua\n'

const READ = `
local function read(value)
  if not value then return false end
  local at = string.find(value, '\\n', 1, true)
  local ends = tonumber(string.sub(value, 1, at - 1))
  if ends and ends <= now then return false end
  return string.sub(value, at + 1), ends
end
`

/** Every write deletes a few expired values, so that they do not pile up, and no write takes long. */
const WRITE = `
local function write(key, json, ends)
  for _, ended in ipairs(redis.call('ZRANGE', KEYS[3], '-inf', now, 'BYSCORE', 'LIMIT', 0, 10)) do
    redis.call('HDEL', KEYS[1], ended)
    redis.call('ZREM', KEYS[2], ended)
    redis.call('ZREM', KEYS[3], ended)
  end
  if json == '' then
    redis.call('HDEL', KEYS[1], key)
    redis.call('ZREM', KEYS[2], key)
    redis.call('ZREM', KEYS[3], key)
    return
  end
  local text = ends and string.format('%.0f', ends) or ''
  redis.call('HSET', KEYS[1], key, text .. '\\n' .. json)
  redis.call('ZADD', KEYS[2], 0, key)
  if ends then redis.call('ZADD', KEYS[3], text, key) else redis.call('ZREM', KEYS[3], key) end
end
`

/** ARGV: now, key. Returns the JSON. */
export const GET = script(`${READING}${NOW}${READ}
return (read(redis.call('HGET', KEYS[1], ARGV[2])))`)

/** ARGV: now, key, JSON, time to live or empty. */
export const SET = script(`${STORING}${NOW}${WRITE}
local ttl = tonumber(ARGV[4])
write(ARGV[2], ARGV[3], ttl and now + ttl)`)

/** ARGV: now, key. */
export const DELETE = script(`${ENDING}${NOW}${WRITE}
write(ARGV[2], '')`)

/** ARGV: now, key, the JSON that it replaces or empty for none, JSON or empty to delete. Returns 1 if it did. */
export const CHANGE = script(`${STORING}${NOW}${READ}${WRITE}
local json, ends = read(redis.call('HGET', KEYS[1], ARGV[2]))
if (json or '') ~= ARGV[3] then return 0 end
write(ARGV[2], ARGV[4], ends)
return 1`)

/** ARGV: now, prefix, the last key of the page before or empty, keys a page. Returns keys and JSON, and the last key scanned. */
export const LIST = script(`${READING}${NOW}${READ}
local from = ARGV[3] == '' and '[' .. ARGV[2] or '(' .. ARGV[3]
local keys = redis.call('ZRANGE', KEYS[2], from, '(' .. ARGV[2] .. '\\255', 'BYLEX', 'LIMIT', 0, ARGV[4])
if #keys == 0 then return {'', {}} end
local found = {}
for n, value in ipairs(redis.call('HMGET', KEYS[1], unpack(keys))) do
  local json = read(value)
  if json then
    found[#found + 1] = keys[n]
    found[#found + 1] = json
  end
end
return {#keys == tonumber(ARGV[4]) and keys[#keys] or '', found}`)

const HELD = `
local held = redis.call('HGET', KEYS[1], ARGV[2])
local fence, ends = string.match(held or '0:0', '(%d+):(%d+)')
`

/** KEYS[1]: hash from name to `FENCE:ENDS`. ARGV: now, name, time to live. Returns the fencing number, or nil. */
export const LEASE_TAKE = script(`${STORING}${NOW}${HELD}
if tonumber(ends) > now then return false end
fence = fence + 1
redis.call('HSET', KEYS[1], ARGV[2], string.format('%.0f:%.0f', fence, now + ARGV[3]))
return fence`)

/** ARGV: now, name, fence, time to live. Returns 1 if the lease is still held. */
export const LEASE_SET = script(`${ENDING}${NOW}${HELD}
if fence ~= ARGV[3] or tonumber(ends) <= now then return 0 end
redis.call('HSET', KEYS[1], ARGV[2], string.format('%s:%.0f', fence, now + ARGV[4]))
return 1`)

/** KEYS: stream, and a counter of all records, for their order over all streams. ARGV: now, JSON, about how many to retain. */
export const RECORD = script(`${STORING}${NOW}
redis.call('XADD', KEYS[1], 'MAXLEN', '~', ARGV[3], '*', 'at', string.format('%.0f', now), 'json', ARGV[2],
  'num', redis.call('INCR', KEYS[2]))`)
