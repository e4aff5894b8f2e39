import { Bus } from '../../../../core/observe/bus.ts'
import type { Delivery, Ending } from '../../../../core/delivery/delivery.ts'
import { openPostgresEngine } from '../../../../core/delivery/engines/postgres/open-postgres.ts'
import type { Pace } from '../../../../core/delivery/engines/postgres/log.ts'
import { createLogger } from '../../../../core/observe/log.ts'
import { createRegistry, type HandlerSpec } from '../../../../core/registry.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { accept, callback, type Handle, pluginOf } from '../sqlite/run-sqlite.ts'

/** Quick enough for tests, and slow enough for a busy machine. */
const PACE: Pace = { leaseMs: 1500, sweepMs: 100 }

export interface PostgresRun {
  readonly bus: Bus
  readonly delivery: Delivery
  readonly accept: (n: number, group?: string) => Promise<void>
  readonly stop: (ending?: Ending) => Promise<{ undelivered: number }>
}

type More = Partial<HandlerSpec> & {
  readonly pace?: Partial<Pace>
  readonly keepRemoved?: number
  readonly disabled?: readonly string[]
  readonly retention?: { age: number; size: number; deadLetters: number; bodies?: 'kept' | 'finished' }
}

/** The engine on a PostgreSQL, as one process has it, with plugins whose handlers get the callback's number. */
export async function runPostgres(
  { url }: { readonly url: string },
  handlers: Record<string, Handle>,
  {
    pace,
    retention = { age: 1e9, size: 1e12, deadLetters: 1e9 },
    keepRemoved = 300,
    disabled = [],
    ...handler
  }: More = {},
): Promise<PostgresRun> {
  const bus = new Bus()
  const log = createLogger({ level: 'silent' })
  const postgres = { url, schema: 'timhook', durability: 'strict' } as const
  const settings = { postgres, resendWindow: 600_000, retention, keepRemoved }
  const engine = await openPostgresEngine(settings, { bus, log, pace: { ...PACE, ...pace } })
  const registry = createRegistry(Object.entries(handlers).map(([id, handle]) => pluginOf(id, handle, handler)))
  const delivery = engine.createDelivery(registry, disabled)
  await delivery.start()
  let isOpen = true
  const stop = async (ending?: Ending): Promise<{ undelivered: number }> => {
    isOpen = false
    const { undelivered, settled } = await delivery.stop(50)
    await engine.close(ending ?? (settled ? 'clean' : 'unsettled'))
    return { undelivered }
  }
  stopAfterTest(async () => void (isOpen && (await stop())))
  return { bus, delivery, accept: async (n, group = 'g') => accept(delivery, registry, callback(n, group)), stop }
}
