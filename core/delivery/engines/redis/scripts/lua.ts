/** Stands between the plugin ids of an entry, and also first and last, so that an id can be searched for. */
export const SEPARATOR = '\u001f'

/** The consumer name in every group. The lease says which process owns the entries. */
export const CONSUMER = 'timhook'

/** For scripts that finish stored callbacks. They must run when memory is full, or none would ever be freed. */
export const ALWAYS = '#!lua flags=allow-oom\n'

/** For scripts that store: Redis refuses the whole script when memory is full. */
export const WHERE_ROOM = '#!lua\n'

/** Milliseconds of the clock of Redis. */
export const NOW = `
local function now()
  local time = redis.call('TIME')
  return time[1] * 1000 + math.floor(time[2] / 1000)
end
`

/** Checks that a process still owns the lease: a later owner has a larger fence. */
export const OWNS = `
local function owns(prefix, plugin, n, fence)
  return redis.call('HGET', prefix .. ':lease:' .. plugin .. ':' .. n, 'fence') == fence
end
`

/** Deletes the retry and crash records of an entry that is finished or failed without a crash. */
export const FORGET = `
local function forget(prefix, plugin, n, entry)
  redis.call('HDEL', prefix .. ':tries:' .. plugin .. ':' .. n, entry)
  redis.call('HDEL', prefix .. ':tried:' .. plugin .. ':' .. n, entry)
end
`

/**
 * Writes a dead letter with the callback itself. An entry begins with its plugins, which the dead letter leaves out.
 */
export const DEAD_LETTER = `
local function deadLetter(prefix, plugin, n, entry, fields, attempts, message, at, isFault)
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

/** Increments the notification number of an owner. A gap in the numbers means that it missed one. */
export const COUNT = `
local function count(prefix, owner) return redis.call('HINCRBY', prefix .. ':told', owner, 1) end
`

/** Publishes a notification to an owner: its number and a text. Needs COUNT. */
export const NOTIFY = `
local function notify(prefix, owner, text)
  redis.call('PUBLISH', prefix .. ':to:' .. owner, string.format('%.0f', count(prefix, owner)) .. text)
end
`

/** For scripts that only read. */
export const READING = '#!lua flags=no-writes\n'

/** Turns the names and values of a reply into a table. */
export const FIELDS = `
local function fieldsOf(list)
  local field = {}
  for i = 1, #list, 2 do field[list[i]] = list[i + 1] end
  return field
end
`

/** Compares two entries: whether the first one is newer. */
export const IS_AFTER = `
local function isAfter(entry, other)
  local ms, seq = string.match(entry, '^(%d+)-(%d+)$')
  local otherMs, otherSeq = string.match(other, '^(%d+)-(%d+)$')
  return tonumber(ms) > tonumber(otherMs) or (ms == otherMs and tonumber(seq) > tonumber(otherSeq))
end
`

/** Whether a plugin has yet to finish an entry. Needs FIELDS. */
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
