import { resolve } from 'node:path'
import { canPin, type Started, startProcess } from '../load/processes.ts'
import { measure } from '../rounds.ts'
import { type Measure, type Row, rowsOf } from '../report/section.ts'
import { ratios, spreadOf } from '../report/stats.ts'
import { counting, timhook, untilDelivered, type Variant } from '../variants.ts'

const RATE = 2000
const TARGET = [process.execPath, resolve('dist/bench/servers/target.js')]

/** A server that forwards to a plain node:http target on the same cores, beside other plugins. */
function forwarding(name: string, others: readonly object[], hang: readonly string[] = []): Variant {
  let target: Started | undefined
  return {
    name,
    async start(cores) {
      const own = await startProcess([...TARGET, ...hang], '.', cores)
      target = own
      const entry = { use: 'forward', options: { url: `http://127.0.0.1:${own.port}/`, token: 'token-of-the-target' } }
      const started = await timhook(name, 'sqlite', { plugins: [...others, entry] }).start(cores)
      const stop = async (): Promise<void> => {
        await started.stop()
        await own.stop()
      }
      return { ...started, stop }
    },
    ...(hang.length === 0 && {
      // The target counts instead of the counting plugin.
      settle: async (_, answered) => (target ? untilDelivered(target, answered) : { behindMs: NaN }),
    }),
  }
}

const without: Variant = { ...timhook('without', 'sqlite'), settle: untilDelivered }

/** Callbacks per second with one target and without; and what a hanging target costs the answers. */
export const forward: Measure = async ({ rounds, windowMs }, loader, say) => {
  const cores = canPin ? '0,1' : undefined
  const plan = { kind: 'full', connections: 64, rounds, windowMs, cores } as const
  say('forward to one target')
  const raw = await measure([without, forwarding('forward', [])], plan, loader)
  // An answered callback is not yet forwarded, so a window counts until the last callback has arrived.
  const done = raw.map(({ windows }) =>
    windows.map(({ perSecond, behindMs = 0 }) => (perSecond * windowMs) / (windowMs + behindMs)),
  )
  const rows = rowsOf(raw).map((row, at): Row => ({
    ...row,
    figures: {
      ...row.figures,
      'done/s': spreadOf(done[at] ?? []),
      'of without': spreadOf(ratios(done[at] ?? [], done[0] ?? [])),
    },
  }))
  say('forward to a target that hangs')
  const beside = [
    timhook('without', 'sqlite', { plugins: [counting] }),
    forwarding('hanging target', [counting], ['hang']),
  ]
  const slow = await measure(beside, { ...plan, rate: RATE }, loader)
  const p99s = slow.map(({ windows }) => windows.map(({ p99 }) => p99))
  const slowRows = rowsOf(slow).map((row, at): Row => ({
    ...row,
    figures: { ...row.figures, 'p99 of without': spreadOf(ratios(p99s[at] ?? [], p99s[0] ?? [])) },
  }))
  return [
    { name: 'forward', title: 'forward to one target on the same cores', rows, raw },
    { name: 'forward hanging', title: `p99 at ${RATE} a second beside a target that hangs`, rows: slowRows, raw: slow },
  ]
}
