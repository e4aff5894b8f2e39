import { script } from '../../../store/redis-script.ts'
import { TELL, WHERE_ROOM } from './lua.ts'

/** Arguments of one callback. */
const APPEND_WIDTH = 12

/**
 * Stores callbacks: the look for a resend and the append are one step, for the same callback may come to two processes
 * at once. The identity is set with the entry and never without it: else a resend would be acknowledged whose first was
 * not stored.
 *
 * Arguments: prefix, resend window in ms, own name, then of each callback: identity, whether its body tells resends,
 * partition, plugins, id, app, command, receivedAt, signed, key, query, raw.
 * Gives of each: whether it was stored, how often the first has come again, the id of the first.
 */
export const APPEND = script(`${WHERE_ROOM}${TELL}
local prefix, window, me = ARGV[1], tonumber(ARGV[2]), ARGV[3]
local replies, told, owners, more = {}, {}, {}, {}

local function ownerOf(plugin, n)
  local key = prefix .. ':lease:' .. plugin .. ':' .. n
  if owners[key] == nil then owners[key] = redis.call('HGET', key, 'owner') or '' end
  return owners[key]
end

local function announce(plugins, n)
  for plugin in string.gmatch(plugins, '[^\\31]+') do
    more[plugin] = (more[plugin] or 0) + 1
    local owner = ownerOf(plugin, n)
    if owner ~= '' and owner ~= me then
      told[owner] = told[owner] or {}
      told[owner][n] = true
    end
  end
end

for i = 4, #ARGV, ${APPEND_WIDTH} do
  local identity, tells, n, plugins, id = prefix .. ':id:' .. ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3], ARGV[i + 4]
  local known = window > 0 and redis.call('GET', identity)
  local firstN, firstEntry, firstId
  local resends = 0
  if known then firstN, firstEntry, firstId = string.match(known, '^(%d+) (%S+) (.*)$') end
  -- An append whose reply was lost and that is sent again is no resend.
  local again = known and firstId == id
  if known and not again then resends = redis.call('HINCRBY', prefix .. ':resends:' .. firstN, firstEntry, 1) end
  if known and (again or tells == '1') then
    replies[#replies + 1] = { again and 1 or 0, resends, firstId }
  else
    local entry = redis.call('XADD', prefix .. ':cb:' .. n, '*', 'plugins', plugins, 'id', id, 'app', ARGV[i + 5],
      'command', ARGV[i + 6], 'at', ARGV[i + 7], 'signed', ARGV[i + 8], 'key', ARGV[i + 9], 'maybe', known and '1' or '0',
      'query', ARGV[i + 10], 'raw', ARGV[i + 11])
    if window > 0 then redis.call('SET', identity, n .. ' ' .. entry .. ' ' .. id, 'PX', window) end
    announce(plugins, n)
    replies[#replies + 1] = { 1, resends, firstId or id }
  end
end
for plugin, count in pairs(more) do redis.call('HINCRBY', prefix .. ':backlog', plugin, count) end
tell(prefix, told)
return replies
`)
