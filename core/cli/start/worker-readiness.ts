import type { Worker } from 'node:cluster'
import type { Readiness } from '../../http/server/admin.ts'
import type { ToPrimary } from './worker-messages.ts'

/** Longer than the timeout of the store check in a worker. */
const TIMEOUT_MS = 3000

let queries = 0

/** Why a worker is not ready, in one sentence, and its notes. */
export async function queryReadiness(
  worker: Worker,
  isListening: boolean,
): Promise<{ fault: string | undefined; notes?: Readiness['notes'] }> {
  if (!isListening || !worker.isConnected()) return { fault: worker.isDead() ? 'died' : 'starts' }
  const readiness = await readinessOf(worker)
  if (!readiness) return { fault: 'does not answer' }
  const { checks, notes } = readiness
  const faults = Object.entries(checks).flatMap(([name, fault]) => (fault === undefined ? [] : [`${name}: ${fault}`]))
  return { fault: faults.length === 0 ? undefined : faults.join('; '), notes }
}

function readinessOf(worker: Worker): Promise<Readiness | undefined> {
  queries += 1
  const query = queries
  return new Promise((resolve) => {
    const end = (readiness?: Readiness): void => {
      clearTimeout(timer)
      worker.off('message', onMessage)
      resolve(readiness)
    }
    const onMessage = (message: ToPrimary): void => {
      if (message.kind === 'readiness' && message.query === query) end(message.readiness)
    }
    const timer = setTimeout(end, TIMEOUT_MS)
    worker.on('message', onMessage)
    worker.send({ kind: 'query-readiness', query })
  })
}
