import { setTimeout as delay } from 'node:timers/promises'
import type { Config } from '../../../config/schema/schema.ts'
import { openHistory } from '../../delivery/engines/open-history.ts'
import { printProgress } from '../output/output.ts'
import { POLL_MS, type Source } from './source.ts'

const PAGE = 100

/** Reads the store itself, whether its server runs or not. */
export async function openStoreSource({ delivery }: Config): Promise<Source> {
  const history = await openHistory(delivery, { onWaiting: printProgress })
  return {
    async *callbacks({ since, isWanted }, signal) {
      let place = since === undefined ? await history.end() : undefined
      const filter = { outcome: 'delivered', bodies: true, limit: PAGE, ...(since !== undefined && { since }) } as const
      while (!signal.aborted) {
        const page = await history.forward(filter, place)
        for (const { id, command, receivedAt, body } of page.entries) {
          if (!body || !isWanted(command)) continue
          yield { id, command, receivedAt, query: [...new URLSearchParams(body.query)], raw: body.raw }
        }
        ;({ place } = page)
        if (page.end) await delay(POLL_MS, undefined, { signal }).catch(() => undefined)
      }
    },
    close: () => history.close(),
  }
}
