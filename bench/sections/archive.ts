import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openArchive } from '../../plugins/archive/archive.ts'
import { startMariadb } from '../../test/harness/servers/mariadb.ts'
import { startPostgres } from '../../test/harness/servers/postgres.ts'
import { canPin, NotAvailable } from '../load/processes.ts'
import { measure, type Measured } from '../rounds.ts'
import type { Measure, Row, Section } from '../report/section.ts'
import { spreadOf } from '../report/stats.ts'
import { counting, timhook, untilDelivered, type Variant } from '../variants.ts'

const WINDOW_MS = 2000
const RATE = 5000
const PATIENCE_MS = 60_000

/** The same server without the archive. */
const without: Variant = {
  ...timhook('without', 'sqlite', { plugins: [counting] }),
  settle: untilDelivered,
}

/** A server with the archive in a database; each window ends when it holds every message that was answered. */
function archiveIn(name: string, newUrl: () => Promise<{ url: string; end: () => Promise<void> }>): Variant {
  let settle: NonNullable<Variant['settle']> = async () => ({ behindMs: NaN })
  return {
    name,
    async start(cores) {
      const { url, end } = await newUrl().catch((error: unknown) => {
        throw new NotAvailable(error instanceof Error ? error.message : String(error))
      })
      const started = await timhook(name, 'sqlite', { plugins: [{ use: 'archive', options: { url } }] }).start(cores)
      const engine = await openArchive({ url })
      const count = async (): Promise<number> => {
        const query = engine.db.selectFrom('timhook_messages').select('id').orderBy('id', 'desc').limit(1)
        return (await query.executeTakeFirst())?.id ?? 0
      }
      settle = async (_, answered) => {
        const endedAt = performance.now()
        for (;;) {
          const held = await count()
          const behindMs = performance.now() - endedAt
          if (held >= answered) return { behindMs }
          if (behindMs > PATIENCE_MS) return { behindMs: Infinity }
          await new Promise((resolve) => setTimeout(resolve, 20))
        }
      }
      const stop = async (): Promise<void> => {
        await engine.db.destroy()
        await started.stop()
        await end()
      }
      return { ...started, stop }
    },
    settle: (started, answered) => settle(started, answered),
  }
}

const databases = [
  archiveIn('sqlite', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'timhook-bench-archive-'))
    const end = async (): Promise<void> => rmSync(folder, { recursive: true, force: true })
    return { url: `sqlite:${join(folder, 'archive.db')}`, end }
  }),
  archiveIn('postgres', async () => {
    const server = await startPostgres()
    return { url: server.url, end: () => server.kill() }
  }),
  archiveIn('mariadb', async () => {
    const server = await startMariadb(['--innodb-buffer-pool-size=256M'])
    return { url: await server.database(), end: () => server.kill() }
  }),
]

/** Messages into the archive's databases, at full speed and at 5,000 per second, compared with no archive. */
export const archive: Measure = async ({ rounds, variants: named }, loader, say) => {
  const cores = canPin ? '0,1' : undefined
  const plan = { kind: 'message', connections: 64, rounds, windowMs: WINDOW_MS, cores } as const
  const chosen = databases.filter(({ name }) => named.length === 0 || named.some((part) => name.includes(part)))
  const sections: Section[] = []
  for (const rate of [undefined, RATE]) {
    const how = rate === undefined ? 'as many as go' : `${rate} a second`
    for (const variant of chosen) {
      say(`archive in ${variant.name}, ${how}`)
      const raw = await measure([without, variant], { ...plan, ...(rate !== undefined && { rate }) }, loader)
      sections.push({
        name: `archive ${variant.name} ${how}`,
        title: `messages into ${variant.name}, ${how}`,
        rows: raw.map(rowOf),
        raw,
      })
    }
  }
  return sections
}

function rowOf({ name, missing, windows, rssMb }: Measured): Row {
  if (missing !== undefined) return { name, figures: { 'not available': missing } }
  const behind = windows.map(({ behindMs = NaN }) => behindMs)
  return {
    name,
    figures: {
      'answered/s': spreadOf(windows.map(({ perSecond }) => perSecond)),
      'done/s': spreadOf(windows.map(({ perSecond }, n) => (perSecond * WINDOW_MS) / (WINDOW_MS + (behind[n] ?? NaN)))),
      'CPU µs': spreadOf(windows.map(({ cpuUs }) => cpuUs)),
      'p99 ms': spreadOf(windows.map(({ p99 }) => p99)).median,
      'behind ms': Math.max(...behind),
      'RSS MB': Math.round(rssMb),
    },
  }
}
