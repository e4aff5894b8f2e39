import type { Session } from '../api-types.ts'
import type { Route } from '../request/route.ts'
import { configRoute } from './config.ts'
import { deadLetterRoutes } from './dead-letters.ts'
import type { ApiDeps } from './deps.ts'
import { eventRoutes } from './events.ts'
import { overviewRoute } from './overview.ts'
import { pauseRoutes } from './pause.ts'
import { pluginsRoute } from './plugins.ts'
import { replayRoute } from './replay.ts'
import { streamRoute } from './stream.ts'
import { testRoute } from './test-callback.ts'
import { viewRoute } from './view.ts'

/** The API of the page. */
export interface AdminApi {
  readonly session: () => Session
  readonly routes: readonly Route[]
}

/** The paths under /api/, except login and logout. docs/openapi.json describes them. */
export function createApi(deps: ApiDeps): AdminApi {
  const session = (): Session => sessionOf(deps)
  const routes: readonly Route[] = [
    { method: 'GET', path: '/api/session', handle: async () => session() },
    overviewRoute(deps),
    ...eventRoutes(deps),
    ...deadLetterRoutes(deps),
    replayRoute(deps),
    pluginsRoute(deps),
    ...pauseRoutes(deps),
    viewRoute(deps),
    configRoute(deps),
    testRoute(deps),
    streamRoute(deps),
  ]
  return { session, routes }
}

function sessionOf({ access, facts }: ApiDeps): Session {
  const { config, plugins } = facts.running()
  const { write = false, bodies = false, token } = access.settings
  return {
    authenticated: true,
    write,
    bodies,
    login: token !== undefined,
    version: facts.version,
    instance: facts.instance(),
    apps: config.apps.map(({ sdkAppId }) => Number(sdkAppId)),
    plugins: plugins.map(({ id }) => id),
  }
}
