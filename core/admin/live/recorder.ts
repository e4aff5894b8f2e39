import type { Family } from '../../observe/metrics/family.ts'
import type { Overview } from '../api-types.ts'
import { difference, type Numbers, numbersOf, together } from './numbers.ts'
import { Ring } from './ring.ts'

const STEP_MS = 10_000
const HOUR_STEPS = 360
const STEPS_A_DAY_STEP = 30
const DAY_STEPS = 288

export interface Recorder {
  series(): Overview['series']
  /** Reads the numbers, and ends a step. */
  record(now?: number): Promise<void>
  stop(): void
}

/**
 * Keeps the numbers of the last hour and day in memory. It reads counters that exist anyway every 10 s. Steps
 * of the day are made of those of the hour.
 */
export function createRecorder(read: () => Promise<readonly Family[]>): Recorder {
  const hour = new Ring(STEP_MS, HOUR_STEPS)
  const day = new Ring(STEP_MS * STEPS_A_DAY_STEP, DAY_STEPS)
  let last: Numbers | undefined
  let ofDay: Numbers | undefined
  let steps = 0
  const record = async (now = Date.now()): Promise<void> => {
    const numbers = numbersOf(await read())
    const step = difference(last, numbers)
    last = numbers
    hour.push(step, now)
    ofDay = together(ofDay, step)
    steps++
    if (steps % STEPS_A_DAY_STEP > 0) return
    day.push(ofDay, now)
    ofDay = undefined
  }
  // What cannot be read now goes into the next step.
  const timer = setInterval(() => void record().catch(() => undefined), STEP_MS).unref()
  return { series: () => ({ hour: hour.series(), day: day.series() }), record, stop: () => clearInterval(timer) }
}
