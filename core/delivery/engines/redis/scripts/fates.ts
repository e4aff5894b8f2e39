import { script } from '../../../../store/redis/script.ts'
import { FIELDS, READING, WAITS } from './lua.ts'

/**
 * Looks up the outcomes of callbacks, plugin by plugin.
 *
 * Arguments: prefix, then for each: N, entry, its plugins as stored.
 * Returns for each: its resends, then the id and the outcome of each plugin.
 */
export const OUTCOMES = script(`${READING}${FIELDS}${WAITS}
local prefix, replies, groups = ARGV[1], {}, {}
for i = 2, #ARGV, 3 do
  local n, entry, plugins = ARGV[i], ARGV[i + 1], ARGV[i + 2]
  groups[n] = groups[n] or groupsOf(prefix .. ':cb:' .. n)
  local reply = { redis.call('HGET', prefix .. ':resends:' .. n, entry) or '0' }
  local function addOutcome(plugin, isTheirs)
    local outcome = 'done'
    if waits(prefix, n, groups[n], plugin, entry, isTheirs) then outcome = 'waiting'
    elseif redis.call('HEXISTS', prefix .. ':letters', n .. ' ' .. entry .. ' ' .. plugin) == 1 then outcome = 'dead' end
    reply[#reply + 1] = plugin
    reply[#reply + 1] = outcome
  end
  for plugin in string.gmatch(plugins, '[^\\31]+') do addOutcome(plugin, true) end
  local replayed = redis.call('HGET', prefix .. ':replayed:' .. n, entry)
  for plugin in string.gmatch(replayed or '', '[^\\31]+') do addOutcome(plugin, false) end
  replies[#replies + 1] = reply
end
return replies
`)
