import { hash } from 'node:crypto'

/**
 * What the engine keeps in Redis. Every key begins with the prefix of the config (`P`); `N` is a partition.
 *
 * | key | type | holds |
 * | --- | --- | --- |
 * | `P:cb:N` | stream | the callbacks of a partition, in the order of receipt; one consumer group per plugin |
 * | `P:id:IDENTITY` | string, expires | which callback came with this identity within the resend window |
 * | `P:resends:N` | hash | how often a callback came again, by its entry; `N` is `kept:refused` for those that were refused |
 * | `P:replayed:N` | hash | plugins that have got a callback by a replay only, by its entry |
 * | `P:told` | hash | how often a live process was told of something that was stored for it, by itself or another |
 * | `P:lease:PLUGIN:N` | hash | who brings a partition's callbacks to a plugin: `owner fence until clean`, `step`: how much of what is done it has told of, and `told`: up to which entry |
 * | `P:fence` | number | grows with every lease |
 * | `P:members` | sorted set | the live processes, by when they count as dead |
 * | `P:has:PLUGIN` | sorted set | the same, of those that run a plugin |
 * | `P:plugins` | sorted set | the plugins that have groups, by when a process last had them |
 * | `P:due:PLUGIN:N` | sorted set | entries that wait for their retry, by when they are due |
 * | `P:age:PLUGIN:N` | sorted set | the same entries by when they came: the oldest bounds what may be trimmed |
 * | `P:tried:PLUGIN:N` | hash | the next attempt of an entry that has failed, and until when it holds up its key |
 * | `P:tries:PLUGIN:N` | hash | of a suspect: n where its handler has been called, and a crash would be the n-th over it; -n where it is not under way, after n of them |
 * | `P:backlog` | hash | how many callbacks a plugin has not finished, counted |
 * | `P:dead` | stream | dead letters, each with a copy of its callback, so that it holds up no trimming |
 * | `P:letters` | hash | the dead letter of an entry and a plugin |
 * | `P:kept:decided`, `P:kept:refused` | stream | what was not delivered |
 * | `P:refused`, `P:refused:APP` | hash, list | what refused callbacks take, by app; and of each its entry and bytes, oldest first |
 * | `P:refusal:IDENTITY` | string, expires | which refused callback came within the resend window |
 * | `P:faults`, `P:faults:bytes` | list, number | the same of dead letters for faults |
 * | `P:requests` | list | what other processes ask for; `P:result:ID` what came of it, expires |
 * | `P:meta` | hash | the version of all this, and the number of partitions |
 * | `P:swept` | string, expires | somebody has just looked for what has had its time |
 *
 * **Serial per order key.** A key's hash names its partition, and a partition's callbacks for one plugin are read by
 * one process at a time: the owner of the lease. Whatever it reads or writes passes its fence, and a script refuses the
 * fence of a former owner.
 *
 * **One place for what is open.** A callback that a plugin has not finished is either behind the group's last entry, or
 * in the group's list of pending entries, or in `due`. There is one consumer name for all, since the lease already says
 * whose the entries are. A new owner reads what is pending first, then what is behind the last entry.
 *
 * **What is done in turn costs next to nothing.** New entries are looked at without becoming pending. The owner keeps a
 * trail of them, and every few milliseconds has the group's last entry moved up to the last one that is done; those before it
 * that are not done become pending by the same step.
 *
 * **What is new is handed over from memory**, where the owner has read all that was appended before. Of what it stores
 * itself it knows, and whoever else stores something for it publishes the whole of it. Both count in `told`: where no number
 * is missing, nothing is. Where one is, or an append's reply or the channel was lost, the owner reads on, and is not
 * given once more what it still has.
 *
 * Times in Redis are those of its own clock: processes on several machines need not agree on theirs.
 *
 * Channels: `P:to:MEMBER` tells one process what came for it, `P:all` all of them that leases are free
 * or wanted, or that something was asked.
 */
export const SCHEMA_VERSION = 1

/** Fixed once callbacks are stored: another number would move a key while its callbacks wait. */
export const PARTITIONS = 32

/** The partition of an order key. A callback without a key may go to any. */
export function partitionOf(key: string | undefined, partitions: number): number {
  if (key === undefined) return Math.floor(Math.random() * partitions)
  return Number.parseInt(hash('sha256', key, 'hex').slice(0, 8), 16) % partitions
}
