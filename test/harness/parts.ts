import { once } from 'node:events'
import type { Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type AppCredentials, createAuthenticator } from '../../core/http/request/authenticate.ts'
import { Bus } from '../../core/observe/bus.ts'
import type { Dispatch } from '../../core/dispatch.ts'
import { createApp } from '../../core/http/app.ts'
import type { BodyBudget } from '../../core/http/body/body-budget.ts'
import { createNodeServer, type NodeServerOptions } from '../../core/http/server/node-server.ts'
import { stopAfterTest } from './hooks.ts'
import { UNSIGNED_APP } from './server.ts'

const app: AppCredentials = { sdkAppId: UNSIGNED_APP, tokens: [], signatureWindow: 60_000 }

export interface ServerLimits extends NodeServerOptions {
  readonly bodyLimit?: number
  readonly budget?: BodyBudget
}

/** Only the HTTP side, on a free port, with the test's own dispatch behind it. */
export async function serveDispatch(
  dispatch: Dispatch,
  bus = new Bus(),
  { bodyLimit = 1024, ...limits }: ServerLimits = {},
): Promise<{ server: Server; port: number; idle: () => Promise<void> }> {
  const about = {
    authenticator: createAuthenticator([app]),
    paths: ['/'],
    bodyLimit,
    bus,
    dispatch,
    recordRefused: () => undefined,
  }
  const parts = { ...about, ...limits, instance: 'test', isDraining: () => false }
  const handle = createApp(parts).callback()
  const { server, idle } = createNodeServer((request, response) => void handle(request, response), bus, limits)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  stopAfterTest(async () => {
    server.closeAllConnections()
    server.close()
  })
  return { server, port: (server.address() as AddressInfo).port, idle }
}
