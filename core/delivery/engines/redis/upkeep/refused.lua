#!lua flags=allow-oom
-- Drops refused callbacks until they fit their share: the app with the most bytes loses its oldest. Expired ones always go.
--
-- KEYS: the prefix.
-- ARGV: bytes that may stay, age in ms.
-- Returns how many were dropped before they expired, their bytes, and whether there is more to do.
local MOST = 500
local prefix, share, before = KEYS[1], tonumber(ARGV[1]), now() - ARGV[2]
local taken, total, steps, count, freed = {}, 0, 0, 0, 0
local all = redis.call('HGETALL', prefix .. ':refused')
for i = 1, #all, 2 do
  taken[all[i]] = tonumber(all[i + 1])
  total = total + taken[all[i]]
end

-- Drops the oldest of an app if it came before a time. Returns its bytes.
local function drop(app, ms)
  local first = redis.call('LINDEX', prefix .. ':refused:' .. app, 0) or ''
  local entry, at, bytes = string.match(first, '^((%d+)%-%d+) (%d+)$')
  if not entry or tonumber(at) >= ms or steps >= MOST then return end
  redis.call('LPOP', prefix .. ':refused:' .. app)
  redis.call('XDEL', prefix .. ':kept:refused', entry)
  redis.call('HDEL', prefix .. ':refusals', entry)
  taken[app], total, steps = taken[app] - bytes, total - bytes, steps + 1
  return tonumber(bytes)
end

local function largest()
  local most
  for app, bytes in pairs(taken) do if bytes > 0 and (not most or bytes > taken[most]) then most = app end end
  return most
end

for app in pairs(taken) do while drop(app, before) do end end
while total > share do
  local app = largest()
  local bytes = app and drop(app, math.huge)
  if not bytes then break end
  count, freed = count + 1, freed + bytes
end
for app, bytes in pairs(taken) do
  if bytes > 0 then redis.call('HSET', prefix .. ':refused', app, string.format('%.0f', bytes))
  else redis.call('HDEL', prefix .. ':refused', app) end
end
return { count, freed, steps >= MOST and 1 or 0 }
