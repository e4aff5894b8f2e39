import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { AdmittedApp } from '../../core/http/admission.ts'
import { Bus } from '../../core/bus.ts'
import type { Dispatch } from '../../core/dispatch.ts'
import { createApp } from '../../core/http/app.ts'
import { createNodeServer } from '../../core/http/node-server.ts'
import { stopAfterTest } from './hooks.ts'
import { UNSIGNED_APP } from './server.ts'

const app: AdmittedApp = { sdkAppId: UNSIGNED_APP, tokens: [], signatureWindow: 60_000 }

/** The HTTP side alone, on a free port, in front of a dispatch of the test's own. */
export async function serveDispatch(dispatch: Dispatch, bus = new Bus()): Promise<{ server: Server; port: number }> {
  const parts = { apps: [app], paths: ['/'], bodyLimit: 1024, bus, dispatch, isDraining: () => false }
  const handle = createApp(parts).callback()
  const { server } = createNodeServer((request, response) => void handle(request, response), bus)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stopAfterTest(async () => {
    server.closeAllConnections()
    server.close()
  })
  return { server, port: (server.address() as AddressInfo).port }
}
