import { createRequire } from 'node:module'
import type { Fault } from '../../../config/faults.ts'
import { TimhookError } from '../../errors.ts'

/** The package that an engine needs alongside timhook. Users of other engines need not install it. */
const DRIVERS: Readonly<Record<string, string>> = { redis: 'ioredis', postgres: 'pg' }

const require = createRequire(import.meta.url)

/** Returns a fault if the driver of the config's engine is not installed. */
export function driverFaults(engine: string): Fault[] {
  const name = DRIVERS[engine]
  if (name === undefined || isInstalled(name)) return []
  return [{ path: ['delivery', 'engine'], message: `${engine} needs the package ${name}: npm install ${name}` }]
}

/** @throws TimhookError STORE_UNUSABLE if the driver of the engine is not installed */
export function requireDriver(engine: string): void {
  for (const { message } of driverFaults(engine))
    throw new TimhookError('STORE_UNUSABLE', `delivery.engine: ${message}`)
}

function isInstalled(name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}
