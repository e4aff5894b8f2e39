#!lua
-- Stores callbacks, unless they repeat one in the resend window. Both are one step, because the same callback may reach two
-- processes at once.
--
-- KEYS: partitions.
-- ARGV: the resend window in ms; then for each callback the index of its partition in KEYS, its identity, whether an equal one
-- is a resend (1 or 0), its plugins, its id, and the entry.
-- Returns for each callback its number, or a list: the number (0 if it is a resend), the resends so far, the first one's id.
local window, replies, known, stored = tonumber(ARGV[1]), {}, {}, {}
local identities = {}
for i = 2, #ARGV, 6 do identities[#identities + 1] = KEYS[tonumber(ARGV[i])] .. ':id:' .. ARGV[i + 1] end
if window > 0 then
  for index, value in ipairs(redis.call('MGET', unpack(identities))) do known[identities[index]] = value end
end

for index, identity in ipairs(identities) do
  local i = 6 * index - 4
  local base, plugins, id, entry = KEYS[tonumber(ARGV[i])], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5]
  local first, firstId, resends
  if known[identity] then
    first, firstId = string.match(known[identity], '^(%d+) (.*)$')
    resends = redis.call('HINCRBY', base .. ':resends', first, 1)
  end
  if first and ARGV[i + 2] == '1' then
    replies[index] = { 0, resends, firstId }
  else
    if first then entry = '1' .. string.sub(entry, 2) end
    local seq = string.sub(redis.call('XADD', base .. ':cb', '0-*', 'to', plugins, 'is', entry), 3)
    if window > 0 then
      known[identity] = seq .. ' ' .. id
      redis.call('SET', identity, known[identity], 'PX', window)
    end
    stored[base] = stored[base] or {}
    stored[base][plugins] = (stored[base][plugins] or 0) + 1
    replies[index] = first and { tonumber(seq), resends, firstId } or tonumber(seq)
  end
end

local ids = {}
for base, counts in pairs(stored) do
  for plugins, count in pairs(counts) do
    ids[plugins] = ids[plugins] or cjson.decode(plugins)
    for _, plugin in ipairs(ids[plugins]) do redis.call('HINCRBY', base, 'stored:' .. plugin, count) end
  end
end
return replies
