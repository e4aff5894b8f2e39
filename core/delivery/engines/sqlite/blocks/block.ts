/** A callback on its way into a block. */
export interface New {
  /** The plugins that get it, sorted, as JSON: fixed with it, whatever the config says later. */
  readonly plugins: string
  readonly id: string
  readonly identity: string
  readonly sdkAppId: number
  readonly command: string
  /** Milliseconds since 1970. */
  readonly receivedAt: number
  readonly signed: boolean
  readonly maybeResend: boolean
  /** Its place in an order, where it has one. */
  readonly key: string | undefined
  /** As in the URL. */
  readonly query: string
  readonly raw: string
}

/** One that was stored, as its block tells it; key, query and raw are empty where the bodies were not read. */
export interface Unpacked extends Omit<New, 'plugins'> {
  readonly seq: number
  readonly plugins: readonly string[]
}

/**
 * Callbacks that came in one turn of the event loop, as they are stored: in one row. A row each would cost the thread
 * that writes them twice as much, and the one that answers half as much again.
 */
export interface Block {
  readonly count: number
  /** Whether its callbacks are among those that go first where room is needed. */
  readonly expendable: boolean
  /** Of the last one, which is the newest: what blocks are looked up by. */
  readonly receivedAt: number
  readonly id: string
  /** JSON: `[plugins, count]` for every set of plugins. */
  readonly sets: string
  /** JSON: a `Head` for each. */
  readonly heads: string
  /** Of each the key, the parameters of the URL and the body, one after the other: JSON would have to escape them. */
  readonly bodies: string
}

/**
 * `set` is an index, `flags` are 1 for signed, 2 for maybe a resend and 4 for a key, the lengths are those of what
 * stands among the bodies, in UTF-16 units.
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

/** One that is full is written as it is: what reads one of its callbacks reads all of it. */
const MAX_CALLBACKS = 128
/**
 * V8 keeps strings of over 128 kB apart, in memory that the system hands out anew each time: with 256,000 characters, bodies
 * of 16 kB took a sixth longer. One with Chinese takes two bytes a character.
 */
const MAX_CHARACTERS = 50_000

/** Makes blocks, of callbacks that are all expendable or all not. */
export class Packer {
  readonly #expendable: boolean
  #sets: { plugins: string; count: number }[] = []
  #heads = ''
  #bodies = ''
  #count = 0
  #last: New | undefined
  /** The last one, and how it is written: most are the same. */
  #command = ''
  #commandText = '""'

  constructor(expendable = false) {
    this.#expendable = expendable
  }

  get isFull(): boolean {
    return this.#count >= MAX_CALLBACKS || this.#bodies.length >= MAX_CHARACTERS
  }

  add(one: New): void {
    const { id, identity, sdkAppId, command, receivedAt, key = '', query, raw } = one
    const flags = (one.signed ? 1 : 0) + (one.maybeResend ? 2 : 0) + (one.key === undefined ? 0 : 4)
    if (command !== this.#command) {
      this.#command = command
      this.#commandText = JSON.stringify(command)
    }
    const set = this.#setOf(one.plugins)
    // As JSON.stringify, in a third of its time; ids and identities need no escaping.
    this.#heads += `${this.#count === 0 ? '' : ','}[${set},${receivedAt},${sdkAppId},${flags},"${id}","${identity}",${this.#commandText},${key.length},${query.length},${raw.length}]`
    this.#bodies += key + query + raw
    this.#count++
    this.#last = one
  }

  /** What was added since the last time. */
  take(): Block {
    const { receivedAt = 0, id = '' } = this.#last ?? {}
    const sets = `[${this.#sets.map(({ plugins, count }) => `[${plugins},${count}]`).join(',')}]`
    const texts = { sets, heads: `[${this.#heads}]`, bodies: this.#bodies }
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

/** One of a block by itself. */
export function packed(one: Unpacked, expendable = false): Block {
  const packer = new Packer(expendable)
  packer.add({ ...one, plugins: JSON.stringify(one.plugins) })
  return packer.take()
}

/** The callbacks of a block that was never stored, the first of which has the number `first`. */
export function unpack(first: number, { sets, heads, bodies }: Pick<Block, 'sets' | 'heads' | 'bodies'>): Unpacked[] {
  const plugins = (JSON.parse(sets) as [string[], number][]).map(([some]) => some)
  let at = 0
  return (JSON.parse(heads) as Head[]).map((head, index) => {
    const text = bodies.slice(at, (at += head[7] + head[8] + head[9]))
    return unpackWith(head, { seq: first + index, plugins: plugins[head[0]] ?? [], text })
  })
}

/** @param own.text key, parameters of the URL and body; empty where that was not read, or cannot be */
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
