import { join } from 'node:path'
import { openStores, type OpenStores } from '../../../../core/delivery/engines/open-stores.ts'
import { sign } from '../../../../core/http/request/signature.ts'
import { Database } from '../../../../core/store/sqlite/database.ts'
import type { RunRecord } from '../../../../plugins/group-full/report/record.ts'
import type { FakeTencent } from '../../../fakes/tencent-rest/fake.ts'
import { folderWith, type StartedServer } from '../../../harness/cli.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { FULL } from '../../../harness/plugin.ts'
import { QUICK } from '../support.ts'

const TOKEN = 'token-of-these-tests'

/** A folder with a config for a server process that calls the fake. */
export function folderFor(fake: FakeTencent, options: object): Promise<string> {
  const rest = { baseUrl: fake.url, identifier: fake.identifier, secretKey: fake.secretKey }
  const config = {
    server: { port: 0, drainMs: 0 },
    admin: false,
    apps: [{ sdkAppId: fake.sdkAppId, tokens: [TOKEN], rest }],
    plugins: [{ use: 'group-full', options: { ...QUICK, ...options } }],
  }
  return folderWith({ 'config/plugins.yaml': JSON.stringify(config) })
}

let serial = 0

/** Reports a group as full to a server process, signed. */
export async function reportTo({ url }: StartedServer, fake: FakeTencent, group: string): Promise<number> {
  const target = new URL(url)
  const RequestTime = `${Math.floor(Date.now() / 1000)}`
  const query = { SdkAppid: `${fake.sdkAppId}`, CallbackCommand: FULL, RequestTime, Sign: sign(TOKEN, RequestTime) }
  for (const [name, value] of Object.entries(query)) target.searchParams.set(name, value)
  const body = { CallbackCommand: FULL, GroupId: group, EventTime: Date.now() - 5000 + serial++ }
  return (await fetch(target, { method: 'POST', body: JSON.stringify(body) })).status
}

/** What the plugin has kept, read beside the server. It is closed when the test is over. */
export async function keptIn(folder: string): Promise<OpenStores> {
  const settings = { resendWindow: 0, retention: { age: 1, size: 1, deadLetters: 1 } }
  const sqlite = { file: join(folder, 'data', 'timhook.db') }
  const opened = await openStores({ engine: 'sqlite', sqlite, ...settings })
  stopAfterTest(() => opened.close())
  return opened
}

/** The runs that are recorded, oldest first. */
export async function runsIn({ stores }: OpenStores): Promise<RunRecord[]> {
  const records = await stores.of('group-full').records('run')
  return records.map(({ data }) => data as RunRecord).toReversed()
}

/** Ends all leases of a process that was killed, as the time would that they are taken for. */
export function endLeases(folder: string): void {
  const database = new Database(join(folder, 'data', 'timhook.db'))
  database.run('UPDATE leases SET ends_at = 0')
  database.close()
}
