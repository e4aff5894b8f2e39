import type { Registry } from '../../../registry.ts'
import { createDelivery } from '../../consume/delivery.ts'
import type { Delivery } from '../../delivery.ts'
import { SqliteLog, type SqliteLogDeps } from './sqlite-log.ts'
import { readRoom } from './upkeep/read-room.ts'

export interface SqliteDeps extends Omit<SqliteLogDeps, 'plugins'> {
  readonly registry: Registry
  readonly maxBacklog?: number | undefined
}

/** The durable engine. It stores callbacks in a file before they are acknowledged, and delivers them from there. */
export function createSqliteDelivery(deps: SqliteDeps): Delivery {
  const plugins = deps.registry.plugins.map(({ id }) => id)
  const room = (): ReturnType<typeof readRoom> => readRoom(deps.file)
  return createDelivery({ ...deps, room, log: new SqliteLog({ ...deps, plugins }) })
}
