import { script } from '../../../../store/redis/script.ts'
import { ALWAYS, DEAD_LETTER, CONSUMER, FORGET, NOW } from './lua.ts'

/** Lists the plugins that no live process has. Arguments: prefix. */
export const MISSING = script(`${ALWAYS}${NOW}
local prefix, at, missing = ARGV[1], now(), {}
for _, plugin in ipairs(redis.call('ZRANGE', prefix .. ':plugins', 0, -1)) do
  if redis.call('ZCOUNT', prefix .. ':has:' .. plugin, at, '+inf') == 0 then missing[#missing + 1] = plugin end
end
return missing
`)

/**
 * Dead-letters some of the callbacks of a removed plugin, and forgets the plugin once none are left. It stops if a
 * process has the plugin again.
 *
 * Arguments: prefix, plugin, partitions, ms since a process had it, the error text, how many at most.
 * Returns how many dead letters it wrote, and whether that was all.
 */
export const REMOVE = script(`${ALWAYS}${NOW}${FORGET}${DEAD_LETTER}
local prefix, plugin, total, message, room = ARGV[1], ARGV[2], tonumber(ARGV[3]), ARGV[5], tonumber(ARGV[6])
local at, count = now(), 0
local seen = redis.call('ZSCORE', prefix .. ':plugins', plugin)
if not seen or tonumber(seen) > at - ARGV[4] then return { 0, 1 } end

-- What is pending or waits for a retry is the plugin's in any case, by a replay perhaps.
local function letter(stream, n, entry, fields, isFresh)
  if fields and (not isFresh or string.find(fields[2], '\\31' .. plugin .. '\\31', 1, true)) then
    local tried = redis.call('HGET', prefix .. ':tried:' .. plugin .. ':' .. n, entry) or '1'
    deadLetter(prefix, plugin, n, entry, fields, string.match(tried, '^%d+') - 1, message, at)
    count = count + 1
  end
  forget(prefix, plugin, n, entry)
  redis.call('XACK', stream, plugin, entry)
end

local function open(stream, n)
  for _, cursor in ipairs({ '0-0', '>' }) do
    local reply = redis.call('XREADGROUP', 'GROUP', plugin, '${CONSUMER}', 'COUNT', room, 'STREAMS', stream, cursor)
    local entries = reply and reply[1][2] or {}
    for _, one in ipairs(entries) do letter(stream, n, one[1], one[2], cursor == '>') end
    if #entries > 0 then return true end
  end
  local where = plugin .. ':' .. n
  local waiting = redis.call('ZRANGE', prefix .. ':due:' .. where, 0, room - 1)
  for _, entry in ipairs(waiting) do
    local found = redis.call('XRANGE', stream, entry, entry)[1]
    redis.call('ZREM', prefix .. ':due:' .. where, entry)
    redis.call('ZREM', prefix .. ':age:' .. where, entry)
    letter(stream, n, entry, found and found[2], false)
  end
  return #waiting > 0
end

for n = 0, total - 1 do
  local stream = prefix .. ':cb:' .. n
  -- No such group means that this partition is done with.
  local groups = redis.pcall('XGROUP', 'CREATECONSUMER', stream, plugin, '${CONSUMER}')
  if type(groups) == 'number' then
    if open(stream, n) then return { count, 0 } end
    redis.call('XGROUP', 'DESTROY', stream, plugin)
    for _, name in ipairs({ 'due', 'age', 'tried', 'tries', 'lease' }) do
      redis.call('DEL', prefix .. ':' .. name .. ':' .. plugin .. ':' .. n)
    end
  end
end
redis.call('ZREM', prefix .. ':plugins', plugin)
redis.call('HDEL', prefix .. ':backlog', plugin)
return { count, 1 }
`)
