import { hash } from 'node:crypto'

/**
 * What the engine stores in Redis. Every key begins with the prefix of the config (`P`); `N` is a partition.
 *
 * | key | type | holds |
 * | --- | --- | --- |
 * | `P:cb:N` | stream | the callbacks of a partition, in the order of receipt; one consumer group per plugin |
 * | `P:id:IDENTITY` | string, expires | the callback with this fingerprint within the resend window |
 * | `P:resends:N` | hash | the resends of a callback, by its entry; `N` is `kept:refused` for refused ones |
 * | `P:replayed:N` | hash | plugins that got a callback only by a replay, by its entry |
 * | `P:told` | hash | per live process, the number of its last notification; its own appends count too |
 * | `P:lease:PLUGIN:N` | hash | who delivers a partition to a plugin: `owner fence until clean`, `step`: the number of its last ack, and `told`: the entry which that ack reached |
 * | `P:fence` | number | grows with every lease |
 * | `P:members` | sorted set | live processes, by when they count as dead |
 * | `P:has:PLUGIN` | sorted set | the same for the processes that run a plugin |
 * | `P:plugins` | sorted set | plugins with groups, by when a process last had them |
 * | `P:due:PLUGIN:N` | sorted set | entries that wait for their retry, by when they are due |
 * | `P:age:PLUGIN:N` | sorted set | the same entries by when they came: the oldest bounds what may be trimmed |
 * | `P:tried:PLUGIN:N` | hash | the next attempt of an entry that failed, and until when it keeps its key |
 * | `P:tries:PLUGIN:N` | hash | per suspect, n while its handler runs and a crash would be its n-th; -n while it does not run, after n crashes |
 * | `P:backlog` | hash | how many callbacks a plugin has not finished |
 * | `P:dead` | stream | dead letters, each with a copy of its callback, so that it holds up no trimming |
 * | `P:letters` | hash | the dead letter of an entry and a plugin |
 * | `P:kept:decided`, `P:kept:refused` | stream | what was not delivered |
 * | `P:refused`, `P:refused:APP` | hash, list | bytes of refused callbacks by app; entry and bytes of each one, oldest first |
 * | `P:refusal:IDENTITY` | string, expires | the refused callback with this fingerprint within the resend window |
 * | `P:faults`, `P:faults:bytes` | list, number | the same for dead letters for faults |
 * | `P:requests` | list | requests of other processes; `P:result:ID` holds the result and expires |
 * | `P:meta` | hash | the schema version and the number of partitions |
 * | `P:swept` | string, expires | set while a recent sweep makes another one needless |
 *
 * **Serial per order key.** The hash of a key names its partition. One process at a time reads a partition for a plugin:
 * the owner of the lease. Each of its reads and writes passes the fence, and a script refuses the fence of a former owner.
 *
 * **One place for what is open.** A callback that a plugin has not finished is either behind the last entry of the group,
 * or pending in the group, or in `due`. All owners use one consumer name, since the lease already says whose the entries
 * are. A new owner first reads what is pending, then what is behind the last entry.
 *
 * **Acks in order cost next to nothing.** New entries are read without becoming pending. The owner keeps a cursor over
 * them. Every few milliseconds it moves the last entry of the group up to the last one that is done. Entries before that
 * which are not done become pending in the same step.
 *
 * **New entries are handed over from memory** if the owner has read everything appended before. It knows what it stores
 * itself, and another process publishes the whole entry. Both increment the owner's number in `told`: while no number is
 * missing, no entry is. If one is missing, or a reply or the subscription was lost, the owner reads, and Redis leaves out
 * what the owner still has.
 *
 * All times in Redis are of its own clock: the clocks of the machines need not agree.
 *
 * Channels: `P:to:MEMBER` notifies one process of entries. `P:all` notifies all processes that leases are free or wanted,
 * or that a request was made.
 */
export const SCHEMA_VERSION = 1

/** Fixed once callbacks are stored: another number would move a key while its callbacks wait. */
export const PARTITIONS = 32

/** The partition of an order key. A callback without a key may go to any. */
export function partitionOf(key: string | undefined, partitions: number): number {
  if (key === undefined) return Math.floor(Math.random() * partitions)
  return Number.parseInt(hash('sha256', key, 'hex').slice(0, 8), 16) % partitions
}
