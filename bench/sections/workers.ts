import { measure } from '../rounds.ts'
import { type Measure, rowsOf } from '../report/section.ts'
import { overRedis, redis } from '../variants.ts'

/** The gain from a second process, and the gain if the two were independent. */
export const workers: Measure = async ({ rounds, windowMs }, loader, say) => {
  say('one process and two over redis')
  const args = ['--workers', '2']
  const two = overRedis('redis, 2 workers', { args })
  const apart = overRedis('redis, 2 workers apart', { args, isApart: true })
  const plan = { kind: 'full', connections: 64, rounds, windowMs, cores: undefined } as const
  const raw = await measure([redis, two, apart], plan, loader)
  return [{ name: 'workers', title: 'processes over one redis (`of bare`: of one process)', rows: rowsOf(raw), raw }]
}
