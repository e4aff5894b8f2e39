import type { StoredCallback } from '../../../../callback/callback.ts'
import type { Append } from '../../../callback-log.ts'
import type { Entry } from '../../../history.ts'
import { NameList, type NameWords } from './names.ts'

/** A callback that is to be stored in a block. */
export type New = StoredCallback & Pick<Append, 'plugins' | 'identity' | 'key' | 'maybeResend' | 'body'>

/** A callback read from its block. `key`, `query` and `raw` are empty if the bodies were not read. */
export interface Unpacked extends Omit<New, 'plugins' | 'body'> {
  readonly seq: number
  readonly plugins: readonly string[]
  readonly undelivered?: Entry['undelivered']
}

/**
 * The callbacks of one event-loop tick, stored in one row. Single rows would cost the worker twice as much, and the main
 * thread half as much again.
 */
export interface Block {
  readonly count: number
  /** Whether its callbacks are deleted first when room is needed. */
  readonly expendable: boolean
  /** The id of the last and newest callback. Blocks are looked up by it. */
  readonly receivedAt: number
  readonly id: string
  /** JSON: `[plugins, count]` for every set of plugins. */
  readonly sets: string
  /** JSON: a `Head` for each callback. */
  readonly heads: string
  /** Key, URL parameters and body of each callback, concatenated. JSON would have to escape them. */
  readonly bodies: string
  /** The names in each callback. */
  readonly names: NameWords
}

/**
 * `set` is an index into `sets`. `flags` are 1 for signed, 2 for maybe a resend and 4 for a key. `key`, `query` and `raw`
 * are lengths in `bodies`, in UTF-16 units.
 */
export type Head = readonly [
  set: number,
  receivedAt: number,
  app: number,
  flags: number,
  id: string,
  identity: string,
  command: string,
  key: number,
  query: number,
  raw: number,
]

/** Callbacks in a block. Reading one of them reads the whole block. */
const MAX_CALLBACKS = 128
/**
 * Characters of bodies in a block. V8 allocates strings over 128 kB separately each time: with 256,000 characters, bodies
 * of 16 kB took a sixth longer. A string with Chinese takes two bytes a character.
 */
const MAX_CHARACTERS = 50_000

/** Builds blocks. The callbacks of a packer are all expendable, or none is. */
export class Packer {
  readonly #expendable: boolean
  #sets: { plugins: string; count: number }[] = []
  #heads = ''
  #bodies = ''
  readonly #names = new NameList()
  #count = 0
  #last: New | undefined
  /** The last command and its JSON, because most callbacks have the same. */
  #command = ''
  #commandText = '""'

  constructor(expendable = false) {
    this.#expendable = expendable
  }

  get isFull(): boolean {
    return this.#count >= MAX_CALLBACKS || this.#bodies.length >= MAX_CHARACTERS
  }

  add(callback: New): void {
    const { id, identity, sdkAppId, command, receivedAt, key = '', query, raw } = callback
    const flags = (callback.signed ? 1 : 0) + (callback.maybeResend ? 2 : 0) + (callback.key === undefined ? 0 : 4)
    if (command !== this.#command) {
      this.#command = command
      this.#commandText = JSON.stringify(command)
    }
    const set = this.#setOf(callback.plugins)
    // The same as JSON.stringify, in a third of its time. Ids and fingerprints need no escaping.
    this.#heads += `${this.#count === 0 ? '' : ','}[${set},${receivedAt},${sdkAppId},${flags},"${id}","${identity}",${this.#commandText},${key.length},${query.length},${raw.length}]`
    this.#bodies += key + query + raw
    this.#names.add(callback.body)
    this.#count++
    this.#last = callback
  }

  /** Returns the block of all callbacks added since the last call. */
  take(): Block {
    const { receivedAt = 0, id = '' } = this.#last ?? {}
    const sets = `[${this.#sets.map(({ plugins, count }) => `[${plugins},${count}]`).join(',')}]`
    const texts = { sets, heads: `[${this.#heads}]`, bodies: this.#bodies, names: this.#names.take() }
    const block = { count: this.#count, expendable: this.#expendable, receivedAt, id, ...texts }
    this.#sets = []
    this.#heads = ''
    this.#bodies = ''
    this.#count = 0
    return block
  }

  #setOf(plugins: string): number {
    let index = 0
    for (const set of this.#sets) {
      if (set.plugins === plugins) {
        set.count++
        return index
      }
      index++
    }
    this.#sets.push({ plugins, count: 1 })
    return index
  }
}

const single = new Packer()

/** A block of a single callback. */
export function packed(callback: New): Block {
  single.add(callback)
  return single.take()
}

/** Unpacks a block that was not stored. Its first callback gets the number `first`. */
export function unpack(first: number, { sets, heads, bodies }: Pick<Block, 'sets' | 'heads' | 'bodies'>): Unpacked[] {
  const plugins = (JSON.parse(sets) as [string[], number][]).map(([ids]) => ids)
  let at = 0
  return (JSON.parse(heads) as Head[]).map((head, index) => {
    const text = bodies.slice(at, (at += head[7] + head[8] + head[9]))
    return unpackWith(head, { seq: first + index, plugins: plugins[head[0]] ?? [], text })
  })
}

/** @param own.text key, URL parameters and body; empty if they were not read or are damaged */
export function unpackWith(
  head: Head,
  { seq, plugins, text }: { seq: number; plugins: readonly string[]; text: string },
): Unpacked {
  const [, receivedAt, sdkAppId, flags, id, identity, command, key, query] = head
  return {
    seq,
    plugins,
    id,
    identity,
    sdkAppId,
    command,
    receivedAt,
    signed: (flags & 1) !== 0,
    maybeResend: (flags & 2) !== 0,
    key: (flags & 4) === 0 ? undefined : text.slice(0, key),
    query: text.slice(key, key + query),
    raw: text.slice(key + query),
  }
}
