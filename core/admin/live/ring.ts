import type { Series } from '../api-types.ts'
import { type Numbers, quantile } from './numbers.ts'

interface Step {
  readonly callbacks: number
  readonly refused: number
  readonly deadLetters: number
  readonly backlog: number
  readonly p50: number | null
  readonly p99: number | null
}

/** The newest steps of a span of time; older ones are dropped. */
export class Ring {
  readonly #stepMs: number
  readonly #steps: (Step | undefined)[]
  #next = 0
  #endedAt = 0

  constructor(stepMs: number, size: number) {
    this.#stepMs = stepMs
    this.#steps = Array.from({ length: size })
  }

  /** @param endedAt when the step ended, milliseconds since 1970 */
  push(numbers: Numbers, endedAt: number): void {
    const { callbacks, refused, deadLetters, backlog } = numbers
    const times = { p50: quantile(numbers, 0.5), p99: quantile(numbers, 0.99) }
    this.#steps[this.#next] = { callbacks, refused, deadLetters, backlog, ...times }
    this.#next = (this.#next + 1) % this.#steps.length
    this.#endedAt = endedAt
  }

  series(): Series {
    const oldestFirst = [...this.#steps.slice(this.#next), ...this.#steps.slice(0, this.#next)]
    const steps = oldestFirst.filter((step) => step !== undefined)
    return {
      stepMs: this.#stepMs,
      from: this.#endedAt - steps.length * this.#stepMs,
      callbacks: steps.map(({ callbacks }) => callbacks),
      refused: steps.map(({ refused }) => refused),
      p50: steps.map(({ p50 }) => p50),
      p99: steps.map(({ p99 }) => p99),
      backlog: steps.map(({ backlog }) => backlog),
      deadLetters: steps.map(({ deadLetters }) => deadLetters),
    }
  }
}
