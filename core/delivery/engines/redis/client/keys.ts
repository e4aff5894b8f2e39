/**
 * What the engine stores in Redis. `P` is the prefix of the config, `N` a partition, `PLUGIN` the id of a plugin, `SEQ` the
 * number of a callback in its partition.
 *
 * | key | type | holds |
 * | --- | --- | --- |
 * | `P:{N}` | hash | `stored:PLUGIN`: how many callbacks of a plugin were ever stored; `redis`: see open.lua |
 * | `P:{N}:cb` | stream | the callbacks, each under `0-SEQ`. Redis numbers them without gaps |
 * | `P:{N}:id:IDENTITY` | string, expires | `SEQ ID` of the callback with this identity within the resend window |
 * | `P:{N}:resends` | hash | the resends of a callback |
 * | `P:{N}:replayed` | hash | plugins that got a callback only by a replay |
 * | `P:{N}:lease:PLUGIN` | hash | `owner fence until clean`; `cursor`: all up to this is settled; `finished`: how many of `stored` are done or dead |
 * | `P:{N}:done:PLUGIN` | sorted set | what is settled beyond the cursor: ranges, by their last number |
 * | `P:{N}:next:PLUGIN` | hash | `ATTEMPT DUE_AT DEFERRED_SINCE` of what is pending or held |
 * | `P:{N}:due:PLUGIN`, `P:{N}:age:PLUGIN` | sorted set | what is pending, by when it is due, and by its number |
 * | `P:{N}:try:PLUGIN` | hash | the `try` of a suspect |
 * | `P:{N}:letters` | hash | dead letters by `PLUGIN SEQ`, each with a copy of its callback |
 * | `P:{N}:dead`, `P:{N}:faults` | sorted set | dead letters by when they died; those for faults, whose bytes are `P:{N}:faultbytes` |
 * | `P:kept:decided`, `P:kept:refused` | stream | what was not delivered |
 * | `P:refused`, `P:refused:APP` | hash, list | bytes of refused callbacks by app; entry and bytes of each one, oldest first |
 * | `P:refusal:IDENTITY`, `P:refusals` | string, expires; hash | the refused callback with this identity, and resends |
 * | `P:members`, `P:has:PLUGIN` | sorted set | live processes, and those that run a plugin, by when they count as dead |
 * | `P:plugins` | sorted set | plugins, by when a process last had them |
 * | `P:gone` | hash | since when a sweep has found that no process has a plugin |
 * | `P:holds` | hash | plugins on hold |
 * | `P:requests` | list | requests of other processes; `P:result:ID` holds the result and expires |
 * | `P:meta` | hash | the schema version and the number of partitions |
 * | `P:swept` | string, expires | set while a recent sweep makes another one needless |
 *
 * For each plugin a partition is leased to one process at a time. Scripts check owner and fence before they write.
 * Other processes find callbacks by reading: the channel `P:hints` only says where to look. All times are from the clock
 * of Redis.
 *
 * The keys of a partition share a hash tag, and each script uses one partition or loops over those that it is given.
 * Only requests.lua goes from one to another. So a cluster would need one call for each partition, and so would leases
 * over several primaries: what is missing for either is a connection for each partition.
 */
export const SCHEMA_VERSION = 2

/** Fixed once callbacks are stored: another number would move keys while their callbacks wait. */
export const PARTITIONS = 32

/** The key of a partition, with which all others of it begin. */
export function partitionKey(prefix: string, n: number | string): string {
  return `${prefix}:{${n}}`
}

/** The channel that says where to look. */
export function hintsOf(prefix: string): string {
  return `${prefix}:hints`
}
