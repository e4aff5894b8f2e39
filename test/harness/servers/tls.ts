import { readFileSync } from 'node:fs'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { resolve } from 'node:path'
import { stopAfterTest } from '../hooks.ts'

/** A self-signed certificate for 127.0.0.1. */
export const CERTIFICATE = resolve('test/fixtures/tls/cert.pem')

/** Serves HTTPS with it. Returns the address as `127.0.0.1:PORT`. */
export async function serveUntrusted(listener: RequestListener = () => undefined): Promise<string> {
  const settings = { cert: readFileSync(CERTIFICATE), key: readFileSync(resolve('test/fixtures/tls/key.pem')) }
  const server = createServer(settings, listener)
  await new Promise<void>((settle) => server.listen(0, '127.0.0.1', settle))
  stopAfterTest(async () => {
    server.closeAllConnections()
    await new Promise((settle) => server.close(settle))
  })
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}
