import type { Loader } from '../load/processes.ts'
import type { Options } from '../options.ts'
import { type Measured } from '../rounds.ts'
import { ratios, type Spread, spreadOf } from './stats.ts'

/** One line of a section. */
export interface Row {
  readonly name: string
  readonly figures: Readonly<Record<string, Spread | number | string>>
}

/** The results of a section, for printing and for files. */
export interface Section {
  readonly name: string
  readonly title: string
  readonly rows: readonly Row[]
  /** All measured figures. */
  readonly raw: unknown
}

/** Runs one measurement. `say` reports the progress. */
export type Measure = (options: Options, loader: Loader, say: (text: string) => void) => Promise<Section[]>

/** The servers of a plan as rows, compared with the first one, which is bare node:http. */
export function rowsOf(measured: readonly Measured[]): Row[] {
  const base = (measured[0]?.windows ?? []).map(({ perSecond }) => perSecond)
  return measured.map(({ name, missing, windows, rssMb }) => {
    if (missing !== undefined) return { name, figures: { 'not available': missing } }
    const spread = (of: (window: (typeof windows)[number]) => number): Spread => spreadOf(windows.map(of))
    const behind = windows.flatMap(({ behindMs }) => behindMs ?? [])
    const hasStore = windows.some(({ storeUs }) => storeUs !== undefined)
    const refused = windows.reduce((sum, window) => sum + window.refused, 0)
    return {
      name,
      figures: {
        'of bare': spreadOf(
          ratios(
            windows.map(({ perSecond }) => perSecond),
            base,
          ),
        ),
        'req/s': spread(({ perSecond }) => perSecond),
        'CPU µs': spread(({ cpuUs }) => cpuUs),
        ...(hasStore && { 'store µs': spread(({ storeUs }) => storeUs ?? NaN) }),
        'p50 ms': spread(({ p50 }) => p50).median,
        'p99 ms': spread(({ p99 }) => p99).median,
        'RSS MB': Math.round(rssMb),
        ...(behind.length > 0 && { 'behind ms': Math.max(...behind) }),
        ...(refused > 0 && { REFUSED: refused }),
      },
    }
  })
}
