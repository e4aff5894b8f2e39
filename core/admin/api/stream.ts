import { Parameters } from '../request/parameters.ts'
import { ApiFault, type Route } from '../request/route.ts'
import type { ApiDeps } from './deps.ts'

/** `GET /api/stream`: new callbacks and numbers, as server-sent events. */
export function streamRoute({ stream }: ApiDeps): Route {
  return {
    method: 'GET',
    path: '/api/stream',
    async handle({ query, hasAccess }) {
      new Parameters(query).end()
      if (stream.isFull) throw new ApiFault(503, 'too many pages are connected: close some')
      await stream.begin()
      return { raw: (response) => stream.connect(response, hasAccess) }
    },
  }
}
