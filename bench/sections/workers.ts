import { measure } from '../rounds.ts'
import { type Measure, rowsOf } from '../section.ts'
import { overRedis, redis } from '../variants.ts'

/** What a second process brings. */
export const workers: Measure = async ({ rounds, windowMs }, loader, say) => {
  say('one process and two over redis')
  const two = overRedis('redis, 2 workers', ['--workers', '2'])
  const plan = { kind: 'full', connections: 64, rounds, windowMs, cores: undefined } as const
  const raw = await measure([redis, two], plan, loader)
  return [{ name: 'workers', title: 'processes over one redis (`of bare`: of one process)', rows: rowsOf(raw), raw }]
}
