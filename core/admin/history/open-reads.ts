import { type ChildProcess, fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { EngineSettings } from '../../delivery/engines/open-engine.ts'
import type { History } from '../../delivery/history.ts'
import { type ErrorCode, TimhookError } from '../../errors.ts'
import type { Reads } from '../reads.ts'
import { createReads } from './create-reads.ts'
import type { FromReader, ReadName } from './process-messages.ts'

/** After this long without a request the process ends, and its memory is free. */
const IDLE_MS = 300_000

interface Waiting {
  readonly resolve: (result: never) => void
  readonly reject: (error: Error) => void
}

/**
 * Opens the store for the API. What the server cannot read beside its work is read by a process of its own, which starts
 * when it is first asked: searches take no time of the server's, and SQLite's locks, which a process loses when it closes
 * any descriptor of the file, stay the server's.
 * @param own the history within the server, where its engine has one
 */
export function openReads(settings: EngineSettings, own: () => Promise<History> | undefined): Reads {
  const beside = new ReaderProcess(settings)
  let within: Promise<Reads> | undefined
  return readsOf({
    async call(name, args) {
      within ??= own()?.then(createReads)
      if (within) return call(await within, name, args)
      if (settings.engine !== 'memory') return beside.call(name, args)
      throw new TimhookError('STORE_NOT_SHARED', 'the engine memory keeps no history', {
        hint: 'Set delivery.engine to sqlite, redis or postgres.',
      })
    },
    end: () => beside.end(),
  })
}

interface Reader {
  call(name: ReadName, args: readonly unknown[]): Promise<never>
  end(): void
}

function readsOf(reader: Reader): Reads {
  return {
    events: (...args) => reader.call('events', args),
    event: (...args) => reader.call('event', args),
    latest: (...args) => reader.call('latest', args),
    entries: (...args) => reader.call('entries', args),
    deadLetters: (...args) => reader.call('deadLetters', args),
    deadLetterCounts: (...args) => reader.call('deadLetterCounts', args),
    holds: (...args) => reader.call('holds', args),
    carryOut: (...args) => reader.call('carryOut', args),
    close: async () => reader.end(),
  }
}

function call(reads: Reads, name: ReadName, args: readonly unknown[]): Promise<never> {
  return (reads[name] as (...args: readonly unknown[]) => Promise<never>)(...args)
}

/** The process that reads the store. A new one takes the place of one that has died. */
class ReaderProcess implements Reader {
  readonly #settings: EngineSettings
  readonly #waiting = new Map<number, Waiting>()
  #process: ChildProcess | undefined
  #numbers = 0
  #idle: NodeJS.Timeout | undefined

  constructor(settings: EngineSettings) {
    this.#settings = settings
  }

  call(name: ReadName, args: readonly unknown[]): Promise<never> {
    const process = (this.#process ??= this.#start())
    clearTimeout(this.#idle)
    this.#idle = setTimeout(() => this.end(), IDLE_MS).unref()
    const number = this.#numbers++
    return new Promise((resolve, reject) => {
      this.#waiting.set(number, { resolve, reject })
      process.send({ number, name, args })
    })
  }

  end(): void {
    clearTimeout(this.#idle)
    if (this.#process?.connected) this.#process.disconnect()
  }

  #start(): ChildProcess {
    const file = fileURLToPath(new URL('./reader-process.js', import.meta.url))
    const process = fork(file, {
      execArgv: [],
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    process.on('message', (message: FromReader) => this.#answered(message))
    process.once('error', (error) => this.#ended(process, error.message))
    process.once('disconnect', () => this.#ended(process, 'it has ended'))
    process.send({ settings: this.#settings })
    // It is not to keep the server from ending.
    process.unref()
    process.channel?.unref()
    return process
  }

  #answered(message: FromReader): void {
    const waiting = this.#waiting.get(message.number)
    this.#waiting.delete(message.number)
    if (!waiting) return
    if ('result' in message) return waiting.resolve(message.result as never)
    const { message: text, code, hint = '' } = message.fault
    waiting.reject(code === undefined ? new Error(text) : new TimhookError(code as ErrorCode, text, { hint }))
  }

  #ended(process: ChildProcess, why: string): void {
    if (this.#process !== process) return
    this.#process = undefined
    const error = new TimhookError('STORE_CLOSED', `the process that reads the store has not answered: ${why}`)
    for (const { reject } of this.#waiting.values()) reject(error)
    this.#waiting.clear()
  }
}
