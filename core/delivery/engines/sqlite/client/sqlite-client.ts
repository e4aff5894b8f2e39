import { Worker } from 'node:worker_threads'
import { type ErrorCode, TimhookError } from '../../../../errors.ts'
import type { Ending } from '../../../delivery.ts'
import { Queue } from '../../../../lib/fifo.ts'
import { type New, Packer } from '../blocks/block.ts'
import type { Damage } from '../blocks/read-block.ts'
import type { Arg, Fault, Name, Reply, Request, Result } from '../worker/messages.ts'

/** What a client needs of the thread that has the file. */
type StoreThread = Pick<Worker, 'on' | 'postMessage' | 'ref' | 'unref' | 'terminate'>

type Done<N extends Name> = (error: Error | undefined, result: Result<N> | undefined) => void

/** Who waits for a callback to be stored. */
export interface Storing {
  stored(seq: number): void
  failed(error: Error): void
}

/** A block that callbacks come into, the request that takes it over, and whom to tell. */
interface OpenBlock {
  readonly packer: Packer
  appending: { arg: unknown } | undefined
  storing: Storing[]
}

function openBlock(expendable: boolean): OpenBlock {
  return { packer: new Packer(expendable), appending: undefined, storing: [] }
}

/** The main thread's end of the database: what is asked in one turn of the event loop goes over together. */
export class SqliteClient {
  readonly #worker: StoreThread
  /** Who waits for a reply, in the order of the replies. No map: one that grows and shrinks all the time grows old. */
  readonly #pending = new Queue<(error: Error | undefined, result: unknown) => void>()
  #pendingCount = 0
  #batch: Request[] = []
  /** The blocks of this turn: of what goes first where room is needed, and of the others. */
  readonly #expendable = openBlock(true)
  readonly #others = openBlock(false)
  #endedWith: Error | undefined
  #lost: Error | undefined
  #closing = false
  /** The worker's descriptor of the file. */
  descriptor = -1
  #onDamage: (damage: readonly Damage[]) => void = () => undefined
  #onFull: () => void = () => undefined
  #onAppend: () => void = () => undefined
  #onAppended: (characters: number) => void = () => undefined
  #onLost: (error: Error, isOpen: boolean) => void = () => undefined

  /** Starts the thread, which loads its code beside whatever else is loaded meanwhile, and waits for `open`. */
  constructor(worker: StoreThread = new Worker(new URL('../worker/worker.js', import.meta.url))) {
    this.#worker = worker
    this.#worker.on('message', (replies: Reply[]) => this.#receive(replies))
    this.#worker.on('error', (error: unknown) => this.#fail(error instanceof Error ? `: ${error.message}` : ''))
    this.#worker.on('exit', () => this.#fail(''))
    this.#worker.unref()
  }

  /**
   * Opens a file.
   * @param onLost nothing can be stored any more; `isOpen`: what is stored can still be read, and be worked on
   * @param client a new one, where its thread was started early
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

  /** Why no further callback is to be stored, for good; undefined where it may be. */
  get lost(): Error | undefined {
    return this.#lost
  }

  /** Callbacks are stored no longer. */
  lose(error: Error, isOpen: boolean): void {
    if (this.#lost || this.#closing) return
    this.#lost = error
    this.#onLost(error, isOpen)
  }

  /** To be called back whenever something could not be written because the disk is full. */
  whenFull(listener: () => void): void {
    this.#onFull = listener
  }

  /** To be called back with callbacks that cannot be read any more. */
  whenDamaged(listener: (damage: readonly Damage[]) => void): void {
    this.#onDamage = listener
  }

  /** To be called back before callbacks go over: what is sent then shares their transaction, and its fsync. */
  whenAppending(listener: () => void): void {
    this.#onAppend = listener
  }

  /** To be called back with the characters of a block that goes over. */
  whenAppended(listener: (characters: number) => void): void {
    this.#onAppended = listener
  }

  /** Calls back in the order in which it was asked, and before any promise of the same reply resolves. */
  send<N extends Name>(name: N, arg: Arg<N>, done: Done<N>): void {
    if (this.#endedWith) {
      const error = this.#endedWith
      setImmediate(() => done(error, undefined))
      return
    }
    this.#put(name, arg, done)
  }

  /**
   * Stores a callback, in one request with others of this turn of the event loop.
   * @param expendable whether it is to go first where room is needed, once it is finished
   */
  append(one: New, expendable: boolean, storing: Storing): void {
    if (this.#endedWith) {
      const error = this.#endedWith
      setImmediate(() => storing.failed(error))
      return
    }
    const block = expendable ? this.#expendable : this.#others
    block.packer.add(one)
    block.storing.push(storing)
    if (!block.appending) {
      // In the batch already, for replies come in the order in which was asked.
      const all = block.storing
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
   * @param before what is to be done once nothing is written any more, and before the thread has ended
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
    this.#expectReply(done as (error: Error | undefined, result: unknown) => void)
    if (this.#batch.length === 0) process.nextTick(() => this.#flush())
    this.#batch.push(request)
    return request
  }

  #closeBlock(open: OpenBlock): void {
    if (!open.appending) return
    const block = open.packer.take()
    open.appending.arg = block
    this.#onAppended(block.heads.length + block.bodies.length)
    open.appending = undefined
    open.storing = []
  }

  #settleAppends(all: readonly Storing[], error: Error | undefined, result: Result<'append'> | undefined): void {
    let index = 0
    for (const storing of all) {
      const seq = typeof result === 'number' ? result + index : result?.[index]
      index++
      if (typeof seq === 'number') storing.stored(seq)
      else {
        storing.failed(error ?? (seq ? errorOf(seq) : new Error('not stored')))
        if (seq) this.#checkFault(seq)
      }
    }
  }

  #openFile(file: string): Promise<number> {
    return new Promise((resolve, reject) => {
      if (this.#endedWith) return reject(this.#endedWith)
      this.#expectReply((error, descriptor) => (error ? reject(error) : resolve(Number(descriptor))))
      this.#worker.ref()
      this.#worker.postMessage(file)
    })
  }

  #flush(): void {
    this.#worker.ref()
    if (this.#others.appending || this.#expendable.appending) this.#onAppend()
    this.#closeBlock(this.#others)
    this.#closeBlock(this.#expendable)
    const batch = this.#batch
    this.#batch = []
    this.#worker.postMessage(batch)
  }

  #receive(replies: readonly Reply[]): void {
    for (const { result, error, damage } of replies) {
      if (damage) this.#onDamage(damage)
      this.#takePending()?.(error && errorOf(error), result)
      if (error) this.#checkFault(error)
    }
    this.#unrefIfIdle()
  }

  #checkFault(fault: Fault): void {
    if (fault.code === 'SQLITE_FULL') this.#onFull()
    if (fault.code === 'STORE_IN_USE' || fault.code === 'STORE_LOST') this.lose(errorOf(fault), false)
  }

  #expectReply(done: (error: Error | undefined, result: unknown) => void): void {
    this.#pending.put(done)
    this.#pendingCount++
  }

  #takePending(): ((error: Error | undefined, result: unknown) => void) | undefined {
    const done = this.#pending.take()
    if (done) this.#pendingCount--
    return done
  }

  /** An idle store does not keep the process alive. */
  #unrefIfIdle(): void {
    if (this.#pendingCount === 0) this.#worker.unref()
  }

  #fail(why: string): void {
    const isFirst = this.#endedWith === undefined
    this.#endedWith ??= unusable(`the thread of the store ended${why}`)
    for (let done = this.#takePending(); done; done = this.#takePending()) done(this.#endedWith, undefined)
    if (isFirst) this.lose(this.#endedWith, false)
  }
}

function errorOf({ message, code, hint }: Fault): Error {
  if (code?.startsWith('STORE_')) return new TimhookError(code as ErrorCode, message, { hint })
  return code === undefined ? new Error(message) : unusable(`the store failed: ${message} (${code})`)
}

function unusable(message: string): TimhookError {
  return new TimhookError('STORE_UNUSABLE', message, { hint: 'See whether its disk is full, or gone.' })
}
