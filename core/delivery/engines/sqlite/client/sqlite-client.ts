import { Worker } from 'node:worker_threads'
import { TimhookError } from '../../../../errors.ts'
import type { Ending } from '../../../delivery.ts'
import { Queue } from '../../../../lib/fifo.ts'
import type { Append } from '../../../callback-log.ts'
import { Packer } from '../blocks/block.ts'
import type { Damage } from '../blocks/read-block.ts'
import { type Arg, errorOf, type Fault, type Name, type Reply, type Request, type Result } from '../worker/messages.ts'

/** The part of a Worker that the client uses. */
type StoreThread = Pick<Worker, 'on' | 'postMessage' | 'ref' | 'unref' | 'terminate'>

type Done<N extends Name> = (error: Error | undefined, result: Result<N> | undefined) => void

/** What the log gets from the thread, besides replies. */
export interface StoreListener {
  /** Appends are about to be posted. What is sent now shares their transaction, and its fsync. */
  appending(): void
  /** A block of so many characters was posted. */
  posted(characters: number): void
  appended(append: Append, seq: number): void
  notAppended(append: Append, error: Error): void
  /** A write has failed because the disk is full. */
  full(): void
  /** Damaged callbacks were found, which can no longer be read. */
  damaged(damage: readonly Damage[]): void
}

/** The block of this tick, the request that will carry it, and the callers that wait for it. */
interface OpenBlock {
  readonly packer: Packer
  appending: { arg: unknown } | undefined
  appends: Append[]
}

function openBlock(expendable: boolean): OpenBlock {
  return { packer: new Packer(expendable), appending: undefined, appends: [] }
}

/** The main thread's side of the database. Requests of one event-loop tick are posted to the worker together. */
export class SqliteClient {
  readonly #worker: StoreThread
  /** Callbacks that wait for a reply, in the order of the replies. A Map that grows and shrinks all the time gets slow. */
  readonly #pending = new Queue<(error: Error | undefined, result: unknown) => void>()
  #batch: Request[] = []
  /** The blocks of this tick: callbacks that are deleted first when room is needed, and the others. */
  readonly #expendable = openBlock(true)
  readonly #others = openBlock(false)
  #endedWith: Error | undefined
  #lost: Error | undefined
  #closing = false
  /** The worker's descriptor of the file. */
  descriptor = -1
  /** Set before the first append. */
  listener: StoreListener | undefined
  #onLost: (error: Error, isOpen: boolean) => void = () => undefined

  /** Starts the worker thread. It loads its code in parallel with the main thread, then waits for `open`. */
  constructor(worker: StoreThread = new Worker(new URL('../worker/worker.js', import.meta.url))) {
    this.#worker = worker
    this.#worker.on('message', (replies: Reply[]) => this.#receive(replies))
    this.#worker.on('error', (error: unknown) => this.#fail(error instanceof Error ? `: ${error.message}` : ''))
    this.#worker.on('exit', () => this.#fail(''))
    this.#worker.unref()
  }

  /**
   * Opens a file.
   * @param onLost called when nothing more can be stored; `isOpen`: stored callbacks can still be read and delivered
   * @param client an unopened client, if its thread was started early
   * @throws TimhookError STORE_IN_USE, STORE_FOREIGN, STORE_NEWER, STORE_DAMAGED or STORE_UNUSABLE
   */
  static async open(
    file: string,
    onLost: (error: Error, isOpen: boolean) => void = () => undefined,
    client: SqliteClient = new SqliteClient(),
  ): Promise<SqliteClient> {
    client.#onLost = onLost
    try {
      client.descriptor = await client.#openFile(file)
    } catch (error) {
      client.#closing = true
      await client.#worker.terminate()
      throw error
    }
    return client
  }

  /** Why callbacks can never be stored again; undefined while they can. */
  get lost(): Error | undefined {
    return this.#lost
  }

  /** Marks the store as lost: no callback is stored from now on. */
  lose(error: Error, isOpen: boolean): void {
    if (this.#lost || this.#closing) return
    this.#lost = error
    this.#onLost(error, isOpen)
  }

  /** Sends a request. `done` is called in the order of requests, before any promise of the same reply resolves. */
  send<N extends Name>(name: N, arg: Arg<N>, done: Done<N>): void {
    if (this.#endedWith) {
      const error = this.#endedWith
      setImmediate(() => done(error, undefined))
      return
    }
    this.#put(name, arg, done)
  }

  /** Stores a callback, in one request with the others of this tick. The listener gets the result. */
  append(append: Append): void {
    if (this.#endedWith) {
      const error = this.#endedWith
      setImmediate(() => this.listener?.notAppended(append, error))
      return
    }
    const block = append.expendable ? this.#expendable : this.#others
    block.packer.add(append)
    block.appends.push(append)
    if (!block.appending) {
      // Reserve its place in the batch now, because replies come in the order of requests.
      const all = block.appends
      block.appending = this.#put('append', undefined, (error, result) => this.#settleAppends(all, error, result))
    }
    if (block.packer.isFull) this.#closeBlock(block)
  }

  request<N extends Name>(name: N, arg: Arg<N>): Promise<Result<N>> {
    return new Promise((resolve, reject) => {
      this.send(name, arg, (error, result) => (error ? reject(error) : resolve(result as Result<N>)))
    })
  }

  /**
   * Closes the file and ends the thread.
   * @param before runs after the last write, and before the thread ends
   */
  async close(
    ending: Ending,
    before: (closed: Result<'close'>) => Promise<void> = async () => undefined,
  ): Promise<Result<'close'>> {
    if (this.#endedWith) return { marked: false, sharesLog: false }
    this.#closing = true
    try {
      const closed = await this.request('close', { ending })
      await before(closed)
      return closed
    } finally {
      this.#endedWith = new TimhookError('STORE_CLOSED', 'the store is closed')
      await this.#worker.terminate()
    }
  }

  #put<N extends Name>(name: N, arg: Arg<N> | undefined, done: Done<N>): { arg: unknown } {
    const request = { name, arg }
    this.#pending.put(done as (error: Error | undefined, result: unknown) => void)
    if (this.#batch.length === 0) process.nextTick(() => this.#flush())
    this.#batch.push(request)
    return request
  }

  #closeBlock(open: OpenBlock): void {
    if (!open.appending) return
    const block = open.packer.take()
    open.appending.arg = block
    this.listener?.posted(block.heads.length + block.bodies.length)
    open.appending = undefined
    open.appends = []
  }

  #settleAppends(all: readonly Append[], error: Error | undefined, result: Result<'append'> | undefined): void {
    let index = 0
    for (const append of all) {
      const seq = typeof result === 'number' ? result + index : result?.[index]
      index++
      if (typeof seq === 'number') this.listener?.appended(append, seq)
      else {
        this.listener?.notAppended(append, error ?? (seq ? failureOf(seq) : new Error('not stored')))
        if (seq) this.#checkFault(seq)
      }
    }
  }

  #openFile(file: string): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#endedWith) return reject(this.#endedWith)
      this.#pending.put((error, descriptor) => (error ? reject(error) : resolve(Number(descriptor))))
      this.#worker.ref()
      this.#worker.postMessage(file)
    })
  }

  #flush(): void {
    this.#worker.ref()
    if (this.#others.appending || this.#expendable.appending) this.listener?.appending()
    this.#closeBlock(this.#others)
    this.#closeBlock(this.#expendable)
    const batch = this.#batch
    this.#batch = []
    this.#worker.postMessage(batch)
  }

  #receive(replies: readonly Reply[]): void {
    for (const { result, error, damage } of replies) {
      if (damage) this.listener?.damaged(damage)
      this.#pending.take()?.(error && failureOf(error), result)
      if (error) this.#checkFault(error)
    }
    // Lets the process exit while the store is idle.
    if (this.#pending.size === 0) this.#worker.unref()
  }

  #checkFault(fault: Fault): void {
    if (fault.code === 'SQLITE_FULL') this.listener?.full()
    if (fault.code === 'STORE_IN_USE' || fault.code === 'STORE_LOST') this.lose(errorOf(fault), false)
  }

  #fail(why: string): void {
    const isFirst = this.#endedWith === undefined
    this.#endedWith ??= unusable(`the thread of the store ended${why}`)
    for (let done = this.#pending.take(); done; done = this.#pending.take()) done(this.#endedWith, undefined)
    if (isFirst) this.lose(this.#endedWith, false)
  }
}

function failureOf(fault: Fault): Error {
  const { message, code = 'STORE_' } = fault
  return code.startsWith('STORE_') ? errorOf(fault) : unusable(`the store failed: ${message} (${code})`)
}

function unusable(message: string): TimhookError {
  return new TimhookError('STORE_UNUSABLE', message, { hint: 'See whether its disk is full, or gone.' })
}
