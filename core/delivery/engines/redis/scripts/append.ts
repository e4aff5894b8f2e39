import { script } from '../../../../store/redis/script.ts'
import { COUNT, SEPARATOR, NOTIFY, WHERE_ROOM } from './lua.ts'

/** Arguments per callback. */
const APPEND_WIDTH = 8

/**
 * Stores callbacks. The check for a resend and the append are one step, because the same callback may reach two
 * processes at once. The fingerprint is stored with the entry and never without it: otherwise a resend could be
 * acknowledged whose first one was not stored.
 *
 * Every owner of a lease of the partition gets the whole entry in a notification, so that it need not read it.
 *
 * Arguments: prefix, resend window in ms, own name, then for each callback: fingerprint, whether an equal one is a
 * resend, the last fence that was given while all leases of its partition were ours (empty if some were not),
 * partition, plugins, id, about, raw.
 * Returns the notification number for our own entries among them (0 for none), and for each callback its entry or, if
 * there is more to say, a list: entry (empty if not stored now), whether it is stored, the resends of the first one,
 * and the id of the first one.
 */
export const APPEND = script(`${WHERE_ROOM}${COUNT}${NOTIFY}
local prefix, window, me = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local replies, lines, owners, more, isMine = { 0 }, {}, {}, {}, false
local lastFence = redis.call('GET', prefix .. ':fence')

local function ownerOf(plugin, n)
  local key = prefix .. ':lease:' .. plugin .. ':' .. n
  if owners[key] == nil then owners[key] = redis.call('HGET', key, 'owner') or '' end
  return owners[key]
end

local function announce(plugins, n, entry, about, raw)
  local line, isTold = n .. ' ' .. entry .. ' ' .. plugins .. '${SEPARATOR}' .. about, {}
  for plugin in string.gmatch(plugins, '[^\\31]+') do
    local owner = ownerOf(plugin, n)
    if owner == me then isMine = true
    elseif owner ~= '' and not isTold[owner] then
      isTold[owner] = true
      local list = lines[owner] or {}
      lines[owner] = list
      list[#list + 1] = line
      list[#list + 1] = raw
    end
  end
end

-- What the window has is asked for in one go; what this call sets is added.
local identities, inWindow = {}, {}
if window > 0 then
  for i = 4, #ARGV, ${APPEND_WIDTH} do identities[#identities + 1] = prefix .. ':id:' .. ARGV[i] end
  for index, value in ipairs(redis.call('MGET', unpack(identities))) do inWindow[identities[index]] = value end
end

for i = 4, #ARGV, ${APPEND_WIDTH} do
  local identity, tells, n, plugins, id = prefix .. ':id:' .. ARGV[i], ARGV[i + 1], ARGV[i + 3], ARGV[i + 4], ARGV[i + 5]
  local known = inWindow[identity]
  local firstN, firstEntry, firstId
  local resends = 0
  if known then firstN, firstEntry, firstId = string.match(known, '^(%d+) (%S+) (.*)$') end
  -- An append whose reply was lost and that is sent again is no resend.
  local again = known and firstId == id
  if known and not again then resends = redis.call('HINCRBY', prefix .. ':resends:' .. firstN, firstEntry, 1) end
  if known and (again or tells == '1') then
    replies[#replies + 1] = { '', again and 1 or 0, resends, firstId }
  else
    local about = known and '1' .. string.sub(ARGV[i + 6], 2) or ARGV[i + 6]
    local entry = redis.call('XADD', prefix .. ':cb:' .. n, '*', 'plugins', plugins, 'about', about, 'raw', ARGV[i + 7])
    if window > 0 then
      inWindow[identity] = n .. ' ' .. entry .. ' ' .. id
      redis.call('SET', identity, inWindow[identity], 'PX', window)
    end
    if plugins ~= '' then
      more[plugins] = (more[plugins] or 0) + 1
      -- No lease has been given since: they are ours yet.
      if ARGV[i + 2] == lastFence then isMine = true else announce(plugins, n, entry, about, ARGV[i + 7]) end
    end
    replies[#replies + 1] = known and { entry, 1, resends, firstId } or entry
  end
end
for plugins, count in pairs(more) do
  for plugin in string.gmatch(plugins, '[^\\31]+') do redis.call('HINCRBY', prefix .. ':backlog', plugin, count) end
end
if isMine then replies[1] = count(prefix, me) end
for owner, list in pairs(lines) do notify(prefix, owner, ' ' .. table.concat(list)) end
return replies
`)
