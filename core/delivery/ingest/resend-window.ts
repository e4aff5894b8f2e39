import { ID_WORDS, packId, unpackId } from '../../lib/id.ts'
import { FINGERPRINT_WORDS, fingerprintWords } from './fingerprint.ts'

/** Beyond this number entries are forgotten early. Each costs about 60 bytes, allocated a page at a time. */
const CAPACITY = 2 ** 20
const PAGE = 2 ** 13
/** The newest and oldest entry never share a page, so that a page is free once its last entry is forgotten. */
const MAX_ENTRIES = CAPACITY - PAGE
/** The words of an entry: its fingerprint and its id. */
const ID = FINGERPRINT_WORDS
const STRIDE = ID + ID_WORDS
/**
 * A link is the slot of an entry plus 1, with bits of its fingerprint above. These bits rule out most other entries.
 */
const LINK = 2 ** 21
const TAGS = 2 ** 32 / LINK
/** The most entries that one `add` forgets: forgetting all expired ones after a quiet hour would delay a callback. */
const MAX_FORGOTTEN_PER_ADD = 16

interface Page {
  readonly words: Uint32Array
  /** Milliseconds since 1970. */
  readonly times: Float64Array
  readonly seqs: Float64Array
}

/**
 * Remembers the callbacks of a window of time by fingerprint. It is a hash table over a ring, both of plain numbers. A
 * map of a million objects took 200 MB, and the garbage collector a tenth of the CPU.
 */
export class ResendWindow {
  readonly #windowMs: number
  #onFull: ((entries: number) => void) | undefined
  /** Per hash, the link to the newest entry. Its size is fixed, so no callback waits for it to grow. */
  #heads = new Uint32Array(0)
  /**
   * Per slot, the link to the next older entry of the same hash. Kept apart from the entries, which are rarely in a CPU
   * cache.
   */
  #nexts = new Uint32Array(0)
  readonly #pages: (Page | undefined)[] = []
  #spare: Page | undefined
  /** Entries are numbered from 1. The slot of an entry is its number modulo the capacity. */
  #oldest = 1
  #next = 1
  /** The resends of entries that have any. */
  readonly #resends = new Map<number, number>()
  readonly #key = new Uint32Array(FINGERPRINT_WORDS)
  #keyOf = ''

  /** @param onFull called once, when a callback is forgotten before its time because too many came */
  constructor(windowMs: number, onFull: (entries: number) => void = () => undefined) {
    this.#windowMs = windowMs
    this.#onFull = onFull
  }

  /**
   * Returns the number of the entry, if it is still in the window.
   * @param nowMs milliseconds since 1970
   */
  find(fingerprint: string, nowMs: number): number | undefined {
    const slot = this.#lookUp(fingerprint)
    if (slot === undefined || this.#timeOf(slot) <= nowMs - this.#windowMs) return undefined
    return this.#oldest + ((slot - (this.#oldest % CAPACITY) + CAPACITY) % CAPACITY)
  }

  /**
   * Adds an entry. It replaces one with the same fingerprint.
   * @param atMs milliseconds since 1970
   * @returns its number
   */
  add(fingerprint: string, id: string, atMs: number): number {
    if (this.#heads.length === 0) {
      this.#heads = new Uint32Array(CAPACITY)
      this.#nexts = new Uint32Array(CAPACITY)
    }
    const known = this.#lookUp(fingerprint)
    if (known !== undefined) this.#unlink(known)
    this.#forget(atMs - this.#windowMs)
    const entry = this.#next++
    const slot = entry % CAPACITY
    const page = this.#makePage(slot)
    const base = (slot % PAGE) * STRIDE
    const head = bucketOf(this.#key[0])
    for (let word = 0; word < FINGERPRINT_WORDS; word++) page.words[base + word] = this.#key[word] ?? 0
    packId(id, page.words, base + ID)
    this.#nexts[slot] = this.#heads[head] ?? 0
    this.#heads[head] = tagOf(this.#key[1]) * LINK + slot + 1
    page.times[slot % PAGE] = atMs
    page.seqs[slot % PAGE] = 0
    return entry
  }

  /** Forgets an entry, if it is still there. */
  delete(entry: number): void {
    if (entry >= this.#oldest) this.#unlink(entry % CAPACITY)
  }

  idOf(entry: number): string {
    const slot = entry % CAPACITY
    return unpackId(this.#page(slot).words, (slot % PAGE) * STRIDE + ID)
  }

  /** The sequence number under which it is stored; 0 until it is. */
  seqOf(entry: number): number {
    return entry < this.#oldest ? 0 : (this.#page(entry % CAPACITY).seqs[entry % PAGE] ?? 0)
  }

  setSeq(entry: number, seq: number): void {
    if (entry >= this.#oldest) this.#page(entry % CAPACITY).seqs[entry % PAGE] = seq
  }

  /** Its resends; 0 once it is forgotten. */
  resendsOf(entry: number): number {
    return this.#resends.size === 0 ? 0 : (this.#resends.get(entry) ?? 0)
  }

  /** @returns its resends, including these */
  countResend(entry: number, times = 1): number {
    const resends = this.resendsOf(entry) + times
    this.#resends.set(entry, resends)
    return resends
  }

  #lookUp(fingerprint: string): number | undefined {
    if (this.#keyOf !== fingerprint) fingerprintWords(fingerprint, this.#key)
    this.#keyOf = fingerprint
    const tag = tagOf(this.#key[1])
    for (let link = this.#heads[bucketOf(this.#key[0])] ?? 0; link > 0;) {
      const slot = (link % LINK) - 1
      if (Math.floor(link / LINK) === tag && this.#isAt(slot)) return slot
      link = this.#nexts[slot] ?? 0
    }
    return undefined
  }

  #isAt(slot: number): boolean {
    const { words } = this.#page(slot)
    const base = (slot % PAGE) * STRIDE
    for (let word = 0; word < FINGERPRINT_WORDS; word++) if (words[base + word] !== this.#key[word]) return false
    return true
  }

  /** Forgets the oldest entries that arrived by then. */
  #forget(ends: number): void {
    for (let left = MAX_FORGOTTEN_PER_ADD; left > 0 && this.#oldest < this.#next; left--) {
      const slot = this.#oldest % CAPACITY
      const isEarly = this.#timeOf(slot) > ends
      if (isEarly && this.#next - this.#oldest < MAX_ENTRIES) return
      if (isEarly) this.#notifyFull()
      this.#unlink(slot)
      this.#resends.delete(this.#oldest++)
      if (this.#oldest % PAGE === 0) this.#freePage(slot)
    }
  }

  #notifyFull(): void {
    this.#onFull?.(MAX_ENTRIES)
    this.#onFull = undefined
  }

  /** Removes an entry from its chain, if it is in one. */
  #unlink(slot: number): void {
    const older = this.#nexts[slot] ?? 0
    const head = bucketOf(this.#page(slot).words[(slot % PAGE) * STRIDE])
    let at = (this.#heads[head] ?? 0) % LINK
    if (at === slot + 1) {
      this.#heads[head] = older
      return
    }
    while (at > 0) {
      const before = at - 1
      at = (this.#nexts[before] ?? 0) % LINK
      if (at === slot + 1) this.#nexts[before] = older
      if (at === slot + 1) return
    }
  }

  #timeOf(slot: number): number {
    return this.#page(slot).times[slot % PAGE] ?? 0
  }

  #page(slot: number): Page {
    return this.#pages[Math.floor(slot / PAGE)] ?? none
  }

  #makePage(slot: number): Page {
    const index = Math.floor(slot / PAGE)
    const page = this.#pages[index] ?? this.#spare ?? makePage()
    if (page === this.#spare) this.#spare = undefined
    this.#pages[index] = page
    return page
  }

  /** One page is kept for reuse: pages come and go at the rate of the callbacks. */
  #freePage(slot: number): void {
    const index = Math.floor(slot / PAGE)
    this.#spare = this.#pages[index]
    this.#pages[index] = undefined
  }
}

function bucketOf(word = 0): number {
  return word % CAPACITY
}

function tagOf(word = 0): number {
  return word % TAGS
}

function makePage(): Page {
  return {
    words: new Uint32Array(PAGE * STRIDE),
    times: new Float64Array(PAGE),
    seqs: new Float64Array(PAGE),
  }
}

const none: Page = { words: new Uint32Array(0), times: new Float64Array(0), seqs: new Float64Array(0) }
