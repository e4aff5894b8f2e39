#!lua
-- Stores a refused callback and adds its bytes to those of its app. A resend is counted on the first one.
--
-- KEYS: the prefix.
-- ARGV: app, bytes of its texts, identity, resend window in ms, then the fields of the entry.
local ROW_BYTES = 200
local prefix, app, bytes, window = KEYS[1], ARGV[1], ARGV[2] + ROW_BYTES, tonumber(ARGV[4])
local stream, key = prefix .. ':kept:refused', prefix .. ':refusal:' .. ARGV[3]
local first = window > 0 and redis.call('GET', key)
if first and #redis.call('XRANGE', stream, first, first) > 0 then
  return redis.call('HINCRBY', prefix .. ':refusals', first, 1)
end
local entry = redis.call('XADD', stream, '*', unpack(ARGV, 5))
if window > 0 then redis.call('SET', key, entry, 'PX', window) end
redis.call('RPUSH', prefix .. ':refused:' .. app, entry .. ' ' .. bytes)
redis.call('HINCRBY', prefix .. ':refused', app, bytes)
return 1
