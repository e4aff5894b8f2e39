import { BenchConnection } from './connection.ts'
import { type Kind, number, type Template, templateOf } from './callbacks.ts'
import { Histogram } from './histogram.ts'
import type { Connect, Load, Loaded } from './loader-messages.ts'

const RESIGN_MS = 1000
const TICK_MS = 1

/** The connections to one server, and the load on them. */
export class Pool {
  readonly #kind: Kind
  readonly #connections: BenchConnection[]
  readonly #histogram = new Histogram()
  #template: Template
  #signedAt = Date.now()
  /** The number of the last callback, of 13 digits. No run repeats a number of an earlier run. */
  #last = 10 ** 12 + (Date.now() % 10 ** 9) * 1000
  #idle: BenchConnection[] = []
  #onAnswer: (connection: BenchConnection) => void = () => undefined
  #broken: Error | undefined
  #fail: (error: Error) => void = () => undefined
  #refused = 0
  #answered = 0
  #underWay = 0

  constructor({ port, connections, kind, split = false }: Connect) {
    this.#kind = kind
    this.#template = templateOf(kind, this.#signedAt)
    const listener = {
      onAnswer: (connection: BenchConnection, ok: boolean): void => this.#answer(connection, ok),
      onClose: (): void => {
        this.#broken = new Error(`the server on ${port} has closed a connection`)
        this.#fail(this.#broken)
      },
    }
    this.#connections = Array.from({ length: connections }, () => new BenchConnection(port, listener, split))
  }

  async ready(): Promise<void> {
    await Promise.all(this.#connections.map((connection) => connection.ready))
  }

  close(): void {
    for (const connection of this.#connections) connection.close()
  }

  async load(load: Load): Promise<Loaded> {
    if (this.#broken) throw this.#broken
    this.#refused = 0
    this.#answered = 0
    this.#histogram.clear()
    const startedAt = performance.now()
    const from = startedAt + load.warmupMs
    const until = load.count === undefined ? from + load.windowMs : Infinity
    const cpu = process.cpuUsage()
    const failed = new Promise<never>((_resolve, reject) => (this.#fail = reject))
    const end = await Promise.race([
      failed,
      load.rate === undefined
        ? this.#closedLoop(from, until, load.count ?? Infinity)
        : this.#openLoop(from, until, load.rate),
    ])
    const { user, system } = process.cpuUsage(cpu)
    return {
      answers: this.#histogram.total,
      seconds: (end - from) / 1000,
      sent: this.#answered,
      refused: this.#refused,
      p50: this.#histogram.quantile(0.5),
      p99: this.#histogram.quantile(0.99),
      loaderUs: (user + system) / Math.max(1, this.#answered),
    }
  }

  /** Every connection sends its next request when it has the answer. */
  #closedLoop(from: number, until: number, count: number): Promise<number> {
    return new Promise((resolve) => {
      let left = count
      this.#onAnswer = (connection) => {
        const now = performance.now()
        if (now >= from && now <= until) this.#histogram.add(now - connection.sentAt)
        if (now < until && left-- > 0) this.#send(connection, now)
        else if (this.#underWay === 0) resolve(Math.min(now, until))
      }
      const now = performance.now()
      for (const connection of this.#connections) if (left-- > 0) this.#send(connection, now)
    })
  }

  /** Sends at a rate. A request without a free connection waits, and that counts as its time. */
  #openLoop(from: number, until: number, rate: number): Promise<number> {
    this.#idle = [...this.#connections]
    const due: number[] = []
    const startedAt = performance.now()
    let made = 0
    let allMade = false
    return new Promise((resolve) => {
      this.#onAnswer = (connection) => {
        const now = performance.now()
        if (connection.sentAt >= from) this.#histogram.add(now - connection.sentAt)
        const waiting = due.shift()
        if (waiting === undefined) this.#idle.push(connection)
        else this.#send(connection, waiting)
        if (allMade && this.#underWay === 0) resolve(until)
      }
      const timer = setInterval(() => {
        const now = performance.now()
        const wanted = Math.floor(((Math.min(now, until) - startedAt) * rate) / 1000)
        for (; made < wanted; made++) {
          const at = startedAt + (made * 1000) / rate
          // Round robin, since the server may close an idle connection.
          const connection = this.#idle.shift()
          if (connection) this.#send(connection, at)
          else due.push(at)
        }
        if (now < until) return
        clearInterval(timer)
        allMade = true
        if (this.#underWay === 0) resolve(until)
      }, TICK_MS)
    })
  }

  #send(connection: BenchConnection, at: number): void {
    const template = this.#fresh()
    if (connection.template !== template) {
      connection.template = template
      connection.bytes = Buffer.from(template.bytes)
    }
    number(connection.bytes, template.fields, ++this.#last)
    connection.sentAt = at
    this.#underWay++
    connection.send()
  }

  /** The request, signed less than a second ago. */
  #fresh(): Template {
    const now = Date.now()
    if (now - this.#signedAt >= RESIGN_MS) {
      this.#signedAt = now
      this.#template = templateOf(this.#kind, now)
    }
    return this.#template
  }

  #answer(connection: BenchConnection, ok: boolean): void {
    this.#underWay--
    this.#answered++
    if (!ok) this.#refused++
    this.#onAnswer(connection)
  }
}
