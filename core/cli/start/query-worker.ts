import type { Worker } from 'node:cluster'
import type { Readiness } from '../../admin/readiness.ts'
import type { Family } from '../../observe/metrics/family.ts'
import { sendTo, type ToPrimary, type ToWorker } from './worker-messages.ts'

/** Longer than the timeout of the store check in a worker. */
const TIMEOUT_MS = 3000

let queries = 0

/** Why a worker is not ready, in one sentence, and its notes. */
export async function queryReadiness(
  worker: Worker,
  isListening: boolean,
): Promise<{ fault: string | undefined; notes?: Readiness['notes'] }> {
  if (!isListening || !worker.isConnected()) return { fault: worker.isDead() ? 'died' : 'starts' }
  const reply = await send(worker, 'readiness')
  if (reply?.kind !== 'readiness') return { fault: 'does not answer' }
  const { checks, notes } = reply.readiness
  const faults = Object.entries(checks).flatMap(([name, fault]) => (fault === undefined ? [] : [`${name}: ${fault}`]))
  return { fault: faults.length === 0 ? undefined : faults.join('; '), notes }
}

/** The numbers of a worker; undefined if it does not answer. */
export async function queryMetrics(worker: Worker): Promise<readonly Family[] | undefined> {
  if (!worker.isConnected()) return undefined
  const reply = await send(worker, 'metrics')
  return reply?.kind === 'metrics' ? reply.families : undefined
}

function send(worker: Worker, about: (ToWorker & { kind: 'query' })['about']): Promise<ToPrimary | undefined> {
  queries += 1
  const query = queries
  return new Promise((resolve) => {
    const end = (reply?: ToPrimary): void => {
      clearTimeout(timer)
      worker.off('message', onMessage)
      resolve(reply)
    }
    const onMessage = (message: ToPrimary): void => {
      if (message.kind === about && message.query === query) end(message)
    }
    const timer = setTimeout(end, TIMEOUT_MS)
    worker.on('message', onMessage)
    sendTo(worker, { kind: 'query', query, about })
  })
}
