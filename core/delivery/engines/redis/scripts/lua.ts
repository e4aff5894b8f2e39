/** Between the ids of plugins in an entry, which begins and ends with one too, so that an id can be searched for. */
export const SEPARATOR = '\u001f'

/** The consumer of every group. Which process has the entries is told by the lease. */
export const CONSUMER = 'timhook'

/** For scripts that end what has been stored: they must go on when the memory is full, or nothing ever gets free. */
export const ALWAYS = '#!lua flags=allow-oom\n'

/** For scripts that store: refused as a whole when the memory is full. */
export const WHERE_ROOM = '#!lua\n'

/** Milliseconds of Redis' own clock. */
export const NOW = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`

/** Whether a process still has the lease of a partition: a later owner has a larger fence. */
export const OWNS = `
local function owns(prefix, plugin, n, fence)
  return redis.call('HGET', prefix .. ':lease:' .. plugin .. ':' .. n, 'fence') == fence
end
`

/** Forgets what was noted about an entry that is finished, or has failed in a way that is no death. */
export const FORGET = `
local function forget(prefix, plugin, n, entry)
  redis.call('HDEL', prefix .. ':tries:' .. plugin .. ':' .. n, entry)
  redis.call('HDEL', prefix .. ':tried:' .. plugin .. ':' .. n, entry)
end
`

/** Writes a dead letter with the callback itself. The fields of an entry begin with its plugins, which it leaves out. */
export const DEAD_LETTER = `
local function bury(prefix, plugin, n, entry, fields, attempts, message, at, isFault)
  local letter = redis.call('XADD', prefix .. ':dead', '*', 'plugin', plugin, 'partition', n, 'entry', entry,
    'attempts', attempts, 'error', message, 'died', at, unpack(fields, 3))
  redis.call('HSET', prefix .. ':letters', n .. ' ' .. entry .. ' ' .. plugin, letter)
  redis.call('HINCRBY', prefix .. ':backlog', plugin, -1)
  if isFault then
    local bytes = #fields[4] + #fields[6]
    redis.call('RPUSH', prefix .. ':faults', letter .. ' ' .. bytes)
    redis.call('INCRBY', prefix .. ':faults:bytes', bytes)
  end
end
`

/** Whatever is stored for an owner counts, whoever tells it of that, so that it knows what it was not told of. */
export const COUNT = `
local function count(prefix, owner) return redis.call('HINCRBY', prefix .. ':told', owner, 1) end
`

/** Tells an owner of something: its number, and the text. Needs COUNT. */
export const NOTIFY = `
local function tell(prefix, owner, text)
  redis.call('PUBLISH', prefix .. ':to:' .. owner, string.format('%.0f', count(prefix, owner)) .. text)
end
`

/** For scripts that only look. */
export const READING = '#!lua flags=no-writes\n'

/** Names and values of a reply as a table. */
export const FIELDS = `
local function fieldsOf(list)
  local field = {}
  for i = 1, #list, 2 do field[list[i]] = list[i + 1] end
  return field
end
`

/** Which of two entries of a stream came later. */
export const IS_AFTER = `
local function isAfter(entry, other)
  local ms, seq = string.match(entry, '^(%d+)-(%d+)$')
  local otherMs, otherSeq = string.match(other, '^(%d+)-(%d+)$')
  return tonumber(ms) > tonumber(otherMs) or (ms == otherMs and tonumber(seq) > tonumber(otherSeq))
end
`

/** Whether a plugin has an entry of a stream yet to finish. Needs FIELDS. */
export const WAITS = `${IS_AFTER}
local function groupsOf(stream)
  local groups = {}
  if redis.call('EXISTS', stream) == 0 then return groups end
  for _, group in ipairs(redis.call('XINFO', 'GROUPS', stream)) do
    local about = fieldsOf(group)
    groups[about.name] = about['last-delivered-id']
  end
  return groups
end

local function waits(prefix, n, groups, plugin, entry, isTheirs)
  if not groups[plugin] then return false end
  if isTheirs and isAfter(entry, groups[plugin]) then return true end
  if redis.call('ZSCORE', prefix .. ':due:' .. plugin .. ':' .. n, entry) then return true end
  return #redis.call('XPENDING', prefix .. ':cb:' .. n, plugin, entry, entry, 1) > 0
end
`
