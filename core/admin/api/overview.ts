import type { Family } from '../../observe/metrics/family.ts'
import type { Overview, Series } from '../api-types.ts'
import { Parameters } from '../request/parameters.ts'
import type { Route } from '../request/route.ts'
import type { ApiDeps } from './deps.ts'
import { countsOf, summariesOf } from './plugins.ts'

const NONE: Series = { stepMs: 0, from: 0, callbacks: [], refused: [], p50: [], p99: [], backlog: [], deadLetters: [] }

/** `GET /api/overview`: the state of the server, and the last hour and day. */
export function overviewRoute(deps: ApiDeps): Route {
  return {
    method: 'GET',
    path: '/api/overview',
    async handle({ query }): Promise<Overview> {
      new Parameters(query).end()
      const { facts, series, reads } = deps
      const [families, { checks, notes = {} }, counts] = await Promise.all([
        facts.families(),
        facts.readiness(),
        countsOf(reads),
      ])
      const { durability, ...others } = notes
      return {
        now: Date.now(),
        version: facts.version,
        startedAt: facts.startedAt,
        engine: facts.running().config.delivery.engine,
        ...(durability !== undefined && { durability }),
        processes: facts.processes(),
        ready: Object.values(checks).every((fault) => fault === undefined),
        checks: Object.fromEntries(Object.entries(checks).map(([name, fault]) => [name, fault ?? 'ok'])),
        notes: Object.fromEntries(
          Object.entries(others).flatMap(([name, note]) => (note === undefined ? [] : [[name, note]])),
        ),
        ...diskOf(families),
        series: series() ?? { hour: NONE, day: NONE },
        plugins: await summariesOf(deps, families, counts),
        deadLetters: counts.total,
        ...(counts.truncated && { deadLettersTruncated: true }),
      }
    },
  }
}

function diskOf(families: readonly Family[]): Pick<Overview, 'disk'> {
  const gauge = (name: string): number | undefined => families.find((one) => one.name === name)?.samples[0]?.value
  const [storeBytes, freeBytes] = [gauge('timhook_store_bytes'), gauge('timhook_disk_free_bytes')]
  if (storeBytes === undefined && freeBytes === undefined) return {}
  return { disk: { ...(storeBytes !== undefined && { storeBytes }), ...(freeBytes !== undefined && { freeBytes }) } }
}
