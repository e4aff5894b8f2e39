#!lua flags=no-writes
-- Looks up the outcomes of callbacks, plugin by plugin.
--
-- KEYS: the partition of each callback.
-- ARGV: for each its number, and its plugins as stored.
-- Returns for each: its resends, then a pair of id and outcome for each plugin.
local replies = {}
for index, base in ipairs(KEYS) do
  local seq = ARGV[2 * index - 1]
  local reply = { redis.call('HGET', base .. ':resends', seq) or '0' }
  local function add(plugin, isTheirs)
    local outcome = 'done'
    if isWaiting(base, plugin, seq, isTheirs) then outcome = 'waiting'
    elseif redis.call('HEXISTS', base .. ':letters', plugin .. ' ' .. seq) == 1 then outcome = 'dead' end
    reply[#reply + 1] = { plugin, outcome }
  end
  for _, plugin in ipairs(cjson.decode(ARGV[2 * index])) do add(plugin, true) end
  local replayed = redis.call('HGET', base .. ':replayed', seq)
  for plugin in pairs(cjson.decode(replayed or '{}')) do add(plugin, false) end
  replies[index] = reply
end
return replies
