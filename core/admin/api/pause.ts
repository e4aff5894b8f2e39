import type { AdminRequest } from '../../delivery/history.ts'
import type { Counts } from '../api-types.ts'
import { Members, mustBeEmpty } from '../request/parameters.ts'
import { ApiFault, type ApiRequest, type Route } from '../request/route.ts'
import { carryOut } from './carry-out.ts'
import type { ApiDeps } from './deps.ts'
import { PAUSED } from './plugins.ts'

const LONGEST_PAUSE_MS = 365 * 86_400_000
const LONGEST_REASON = 200

/** `POST /api/plugins/{id}/pause` and `/resume`, like the commands. */
export function pauseRoutes(deps: ApiDeps): Route[] {
  const change = async (
    { params, peer }: ApiRequest,
    requestOf: (refs: readonly string[]) => AdminRequest,
  ): Promise<Counts> => {
    const id = pluginOf(deps, params)
    const counts = await carryOut(deps.reads, [id], requestOf)
    deps.facts.log.info({ plugin: id, ...counts, peer }, `${requestOf([]).kind} of plugin ${id}, asked for by ${peer}`)
    return counts
  }
  return [
    {
      method: 'POST',
      path: '/api/plugins/{id}/pause',
      handle(request) {
        const members = new Members(request.body, ['forMs', 'reason'])
        const why = members.optionalText('reason', LONGEST_REASON)
        const until = members.has('forMs') ? Date.now() + atMost(members.integer('forMs', 1)) : undefined
        const reason = why === undefined ? PAUSED : `${PAUSED}: ${why}`
        return change(request, (refs) => ({ kind: 'pause', refs, reason, until }))
      },
    },
    {
      method: 'POST',
      path: '/api/plugins/{id}/resume',
      handle(request) {
        mustBeEmpty(request.body)
        return change(request, (refs) => ({ kind: 'resume', refs }))
      },
    },
  ]
}

/** @throws ApiFault for an id that is not in the config */
export function pluginOf({ facts }: ApiDeps, { id = '' }: Readonly<Record<string, string>>): string {
  if (facts.running().plugins.some((plugin) => plugin.id === id)) return id
  throw new ApiFault(404, `plugin: the config has none with the id ${JSON.stringify(id.slice(0, 128))}`)
}

function atMost(ms: number): number {
  if (ms <= LONGEST_PAUSE_MS) return ms
  throw new ApiFault(400, `forMs: expected at most ${LONGEST_PAUSE_MS}`)
}
