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

local function oldest(app)
  local first = redis.call('LINDEX', prefix .. ':refused:' .. app, 0)
  if not first then return end
  local entry, ms, bytes = string.match(first, '^((%d+)%-%d+) (%d+)$')
  return entry, tonumber(ms), tonumber(bytes)
end

local function drop(app, entry, bytes)
  redis.call('LPOP', prefix .. ':refused:' .. app)
  redis.call('XDEL', prefix .. ':kept:refused', entry)
  redis.call('HDEL', prefix .. ':refusals', entry)
  taken[app], total, steps = taken[app] - bytes, total - bytes, steps + 1
end

local function largest()
  local most
  for app, bytes in pairs(taken) do if bytes > 0 and (not most or bytes > taken[most]) then most = app end end
  return most
end

for app in pairs(taken) do
  local entry, ms, bytes = oldest(app)
  while entry and ms < before and steps < MOST do
    drop(app, entry, bytes)
    entry, ms, bytes = oldest(app)
  end
end
while total > share and steps < MOST do
  local app = largest()
  if not app then break end
  local entry, _, bytes = oldest(app)
  if not entry then break end
  drop(app, entry, bytes)
  count, freed = count + 1, freed + bytes
end
for app, bytes in pairs(taken) do
  if bytes > 0 then redis.call('HSET', prefix .. ':refused', app, string.format('%.0f', bytes))
  else redis.call('HDEL', prefix .. ':refused', app) end
end
return { count, freed, steps >= MOST and 1 or 0 }
