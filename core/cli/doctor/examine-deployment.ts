import { formatFault } from '../../../config/faults.ts'
import type { ConfigReading } from '../../../config/read/reading.ts'
import type { Config } from '../../../config/schema/schema.ts'
import { isLocal } from '../../lib/net/host.ts'
import { inspect } from '../../runtime.ts'
import { examineClock } from './examine-clock.ts'
import { examineListener } from './examine-listener.ts'
import { examineServer } from './examine-server.ts'
import { examineStore } from './examine-store.ts'
import { examineUrl } from './examine-url.ts'
import { advice, fault, type Finding, fine } from './finding.ts'

const MAINTAINED = 22
/** The reasons that Tencent's documents give for callbacks that do not arrive. */
const CAUSES = [
  'each callback has its own switch in the console, and a saved URL takes effect after 2 minutes',
  'the URL in the console has to be reachable from the internet: a public name or address, ports open in every firewall, a certificate of a public authority with its intermediates',
  'the console has one URL for chat, another one for Push, and Live a third, set by REST',
  'callbacks of states, profiles, online lists and topics need these features switched on as well',
  'messages sent by REST with ForbidCallbackControl have no callbacks',
]

export interface ExamineOptions {
  /** The URL that is set in the console. */
  readonly url?: string | undefined
  readonly version?: string
}

/** Examines a deployment as a colleague called for help would: config, store, server, clock, URL. */
export async function examineDeployment(
  reading: ConfigReading,
  { url, version = process.versions.node }: ExamineOptions = {},
): Promise<Finding[]> {
  const { faults, warnings } = await inspect(reading)
  const { config, locate, file } = reading
  const found = [
    examineNode(version),
    ...faults.map((one) => fault(formatFault(one, locate))),
    ...warnings.map((one) => advice(formatFault(one, locate))),
  ]
  if (!config || faults.length > 0) return found
  const { findings: ofStore, lastAt } = await examineStore(config.delivery)
  return [
    ...found,
    fine(`${file} has no fault`),
    ...examineApps(config, url),
    ...ofStore,
    ...(await examineServer(config)),
    ...(await examineListener(config)),
    ...(await examineClock(config)),
    ...(url === undefined ? [] : await examineUrl(url, config)),
    ...(lastAt === undefined ? CAUSES.map((cause) => advice(`no callback has come yet: ${cause}`)) : []),
  ]
}

function examineNode(version: string): Finding {
  const isOld = Number.parseInt(version, 10) < MAINTAINED
  return isOld ? advice(`Node ${version} no longer gets security fixes: use 22 or 24`) : fine(`Node ${version}`)
}

function examineApps({ apps, server }: Config, url: string | undefined): Finding[] {
  return apps.map(({ sdkAppId, tokens }) => {
    if (tokens.length > 1) {
      return advice(
        `app ${sdkAppId} accepts ${tokens.length} tokens: remove the old one once the console has the new one`,
      )
    }
    if (tokens.length > 0) return fine(`app ${sdkAppId} wants signatures`)
    const text = `app ${sdkAppId} is unsigned: whoever reaches the server can send callbacks; set a token in the console and \`tokens\` in the config`
    return url !== undefined || !isLocal(server.host) ? fault(text) : advice(text)
  })
}
