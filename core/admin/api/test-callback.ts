import type { Config } from '../../../config/schema/schema.ts'
import { send } from '../../cli/trigger/send.ts'
import { type Target, targetOf } from '../../cli/trigger/target.ts'
import type { TestResult } from '../api-types.ts'
import { Members } from '../request/parameters.ts'
import { ApiFault, type Route } from '../request/route.ts'
import { TEST_PARAMETER } from '../test-parameter.ts'
import type { ApiDeps } from './deps.ts'
import { COMMAND } from './events.ts'

const LONGEST_BODY = 1_048_576
const MEMBERS = ['command', 'app', 'body', 'query']

/** `POST /api/test`: sends a callback to this server, signed and marked as a test. */
export function testRoute(deps: ApiDeps): Route {
  return {
    method: 'POST',
    path: '/api/test',
    async handle({ body: given, peer }): Promise<TestResult> {
      const { access, facts } = deps
      if (access.settings.write !== true) {
        throw new ApiFault(403, 'the config does not let the page send tests; admin.write: true does')
      }
      const members = new Members(given, MEMBERS)
      const command = members.text('command', 128)
      if (!COMMAND.test(command) || command.endsWith('*')) throw new ApiFault(400, 'command: expected a command')
      const body = members.text('body', LONGEST_BODY)
      const query = members.textMap('query')
      const app = facts.running().config.apps.find(({ sdkAppId }) => Number(sdkAppId) === members.integer('app'))
      if (!app) throw new ApiFault(400, 'app: expected an SdkAppid of the config')
      const url = facts.webhookUrl()
      if (url === undefined) throw new ApiFault(503, 'the server does not listen yet')
      const startedAt = Date.now()
      const { sdkAppId, tokens } = app
      const marked = { ...query, [TEST_PARAMETER]: '1' }
      const sent = await send(targetAtUrl(facts.running().config, url), {
        sdkAppId,
        command,
        token: tokens[0],
        body,
        query: marked,
      })
      facts.log.info({ command, sdkAppId: Number(sdkAppId), peer }, `a test callback was sent, asked for by ${peer}`)
      if (sent.status === 0) throw new ApiFault(503, `the server did not answer: ${sent.text}`)
      const id = await idOf(deps, { app: Number(sdkAppId), command, since: startedAt })
      return { status: sent.status, answer: parsed(sent.text), ...(id !== undefined && { id }) }
    },
  }
}

/** The server of the config, at its real address. */
function targetAtUrl(config: Config, listening: string): Target {
  if (listening.startsWith('unix:')) return targetOf(config, {})
  const { hostname, port } = new URL(listening)
  const address = { host: hostname.replaceAll(/^\[|\]$/g, ''), port: Number(port) }
  return targetOf({ ...config, server: { ...config.server, ...address } }, { yes: true })
}

/** The newest test of this kind, if the store has it. */
async function idOf(
  { reads }: ApiDeps,
  filter: { app: number; command: string; since: number },
): Promise<string | undefined> {
  try {
    const { entries } = await reads.events({ ...filter, limit: 20 })
    return entries.find(({ test }) => test === true)?.id
  } catch {
    return undefined
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
