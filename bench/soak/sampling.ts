import { samplesOf, scrape } from '../../test/harness/metrics.ts'
import { spreadOf } from '../report/stats.ts'
import type { Tally } from './sender.ts'

const MB = 2 ** 20

/** The figures of one reading of /metrics. */
export interface Reading {
  /** Milliseconds since the start of the run. */
  readonly at: number
  readonly rssMb: number
  readonly heapMb: number
  readonly storeMb: number
  readonly loopP99Ms: number
  readonly loopMaxMs: number
  readonly backlog: number
  /** Milliseconds to each answer since the previous reading. */
  readonly answers: readonly number[]
}

/** The figures of a quarter of the run. */
export interface Quarter {
  readonly readings: number
  readonly answers: number
  /** Median and highest. */
  readonly rssMb: readonly [number, number]
  readonly heapMb: number
  readonly storeMb: number
  /** Median over the readings, and highest: a plugin blocks the loop for 150 ms now and then. */
  readonly loopP99Ms: number
  readonly loopMaxMs: number
  readonly backlog: number
  readonly answerP50Ms: number
  readonly answerP99Ms: number
}

/** Reads the server's metrics; undefined while none answers. */
export async function readMetrics(
  adminUrl: string | undefined,
  at: number,
  tally: Tally,
): Promise<Reading | undefined> {
  if (adminUrl === undefined) return undefined
  const text = await scrape(adminUrl).catch(() => undefined)
  if (text === undefined) return undefined
  const samples = samplesOf(text)
  const valueOf = (name: string): number => samples.get(name) ?? NaN
  const sumOf = (name: string): number =>
    [...samples].filter(([key]) => key.startsWith(`${name}{`)).reduce((sum, [, value]) => sum + value, 0)
  const loop = (statistic: string): number =>
    valueOf(`timhook_event_loop_delay_seconds{statistic="${statistic}"}`) * 1000
  return {
    at,
    rssMb: valueOf('process_resident_memory_bytes') / MB,
    heapMb: valueOf('nodejs_heap_used_bytes') / MB,
    storeMb: valueOf('timhook_store_bytes') / MB,
    loopP99Ms: loop('p99'),
    loopMaxMs: loop('max'),
    backlog: sumOf('timhook_backlog'),
    answers: tally.durations.splice(0),
  }
}

/** Divides the readings of a run into four quarters of its time. */
export function quartersOf(readings: readonly Reading[], durationMs: number): Quarter[] {
  return [0, 1, 2, 3].map((quarter) => {
    const own = readings.filter(({ at }) => Math.min(3, Math.floor((at * 4) / durationMs)) === quarter)
    const answers = own.flatMap((reading) => reading.answers).toSorted((a, b) => a - b)
    const all = (key: Exclude<keyof Reading, 'answers'>): number[] => own.map((reading) => reading[key])
    const median = (key: Exclude<keyof Reading, 'answers'>): number => rounded(spreadOf(all(key)).median)
    const highest = (key: Exclude<keyof Reading, 'answers'>): number => rounded(Math.max(...all(key)))
    return {
      readings: own.length,
      answers: answers.length,
      rssMb: [median('rssMb'), highest('rssMb')],
      heapMb: median('heapMb'),
      storeMb: rounded(own.at(-1)?.storeMb ?? NaN),
      loopP99Ms: median('loopP99Ms'),
      loopMaxMs: highest('loopMaxMs'),
      backlog: highest('backlog'),
      answerP50Ms: rounded(answers[Math.floor(answers.length * 0.5)] ?? NaN),
      answerP99Ms: rounded(answers[Math.floor(answers.length * 0.99)] ?? NaN),
    }
  })
}

function rounded(value: number): number {
  return Math.round(value * 10) / 10
}
