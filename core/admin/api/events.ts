import type { EventDetail, EventPage, OutcomeFilter } from '../api-types.ts'
import { Parameters } from '../request/parameters.ts'
import type { EventFilter } from '../reads.ts'
import { ApiFault, type ApiRequest, type Route } from '../request/route.ts'
import type { ApiDeps } from './deps.ts'
import { openPlace, sealPlace } from './place.ts'

const MAX_LISTED = 200
/** The latest time of a Date. */
const LAST_TIME = 8_640_000_000_000_000
const LONGEST_PLACE = 4096
const OUTCOMES: readonly OutcomeFilter[] = [
  ...(['delivered', 'done', 'waiting', 'dead'] as const),
  ...(['kept', 'reject', 'drop', 'failed', 'refused'] as const),
]
export const ID = /^[0-9a-z]{22}$/
export const COMMAND = /^(?:\*|[A-Za-z0-9_.-]{1,128}(?:\.\*)?)$/
export const PLUGIN = /^[^\s/]{1,128}$/

/** `GET /api/events`: a slice of the callbacks, newest first; `GET /api/events/{id}`: all that is known about one. */
export function eventRoutes(deps: ApiDeps): Route[] {
  const { reads } = deps
  return [
    {
      method: 'GET',
      path: '/api/events',
      async handle({ query }): Promise<EventPage> {
        const { filter, place } = filterOf(new Parameters(query))
        const page = await reads.events(filter, place)
        return { ...page, place: sealPlace(page.place) }
      },
    },
    { method: 'GET', path: '/api/events/{id}', handle: (request) => detail(deps, request) },
  ]
}

async function detail({ access, reads, facts }: ApiDeps, { params, query, peer }: ApiRequest): Promise<EventDetail> {
  const { id = '' } = params
  if (!ID.test(id)) throw new ApiFault(400, 'id: expected 22 lower-case letters and digits')
  const parameters = new Parameters(query)
  const withBody = parameters.choice('body', ['0', '1']) === '1'
  parameters.end()
  if (withBody && access.settings.bodies !== true) {
    throw new ApiFault(403, 'body: the config does not show bodies; admin.bodies: true does')
  }
  const found = await reads.event(id, withBody)
  if (!found) throw new ApiFault(404, `${id} is not stored, or no longer`, 'NOT_STORED')
  if (withBody) facts.log.info({ callback: id, peer }, `the body of ${id} was shown to ${peer}`)
  return found
}

function filterOf(parameters: Parameters): { filter: EventFilter; place: string | undefined } {
  const given = {
    app: parameters.integer('app'),
    command: parameters.text('command', { pattern: COMMAND }),
    plugin: parameters.text('plugin', { pattern: PLUGIN }),
    outcome: parameters.choice('outcome', OUTCOMES),
    group: parameters.text('group'),
    account: parameters.text('account'),
    id: parameters.text('id', { pattern: ID }),
    since: parameters.integer('since', { most: LAST_TIME }),
    until: parameters.integer('until', { most: LAST_TIME }),
    limit: parameters.integer('limit', { least: 1, most: MAX_LISTED }),
  }
  const place = parameters.text('place', { longest: LONGEST_PLACE })
  parameters.end()
  const { since, until } = given
  if (since !== undefined && until !== undefined && since >= until)
    throw new ApiFault(400, 'since: expected a time before until')
  return { filter: present(given), place: place === undefined ? undefined : openPlace(place) }
}

/** Without the members that are undefined. */
export function present<T extends object>(given: T): { [Key in keyof T]?: NonNullable<T[Key]> } {
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: NonNullable<T[Key]>
  }
}
