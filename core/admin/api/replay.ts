import { fits, unfitFor } from '../../delivery/replayable.ts'
import type { Counts } from '../api-types.ts'
import { Members } from '../request/parameters.ts'
import { ApiFault, type Route } from '../request/route.ts'
import { carryOut } from './carry-out.ts'
import type { ApiDeps } from './deps.ts'
import { ID } from './events.ts'
import { pluginOf } from './pause.ts'

const MAX_IDS = 100

/** `POST /api/replay`: delivers callbacks to a plugin once more, like the command. */
export function replayRoute(deps: ApiDeps): Route {
  return {
    method: 'POST',
    path: '/api/replay',
    async handle({ body, peer }): Promise<Counts> {
      const members = new Members(body, ['ids', 'plugin'])
      const ids = [...new Set(members.texts('ids', MAX_IDS))]
      const id = pluginOf(deps, { id: members.text('plugin', 128) })
      if (!ids.every((one) => ID.test(one)))
        throw new ApiFault(400, 'ids: expected 22 lower-case letters and digits each')
      const found = await deps.reads.entries(ids)
      const missing = ids.filter((one) => !found.some((entry) => entry.id === one))
      if (missing.length > 0) throw new ApiFault(404, `not stored, or no longer: ${missing.join(', ')}`, 'NOT_STORED')
      const faults = found.flatMap((entry) => unfitFor(entry) ?? [])
      const plugin = deps.facts.running().plugins.find((one) => one.id === id)
      const unfit = plugin ? found.filter((entry) => !fits(plugin, entry)) : []
      faults.push(...unfit.map((entry) => `${entry.id} is not for ${id}: its handlers or its only leave it out`))
      if (faults.length > 0) throw new ApiFault(400, `cannot be replayed: ${faults.join('; ')}`)
      const refs = found.toSorted((a, b) => a.receivedAt - b.receivedAt).map(({ ref }) => ref)
      const counts = await carryOut(deps.reads, refs, (batch) => ({ kind: 'replay', plugin: id, refs: batch }))
      deps.facts.log.info(
        { plugin: id, ...counts, peer },
        `replay of ${refs.length} to plugin ${id}, asked for by ${peer}`,
      )
      return counts
    },
  }
}
