import { folderWith } from '../cli.ts'
import type { TlsFiles } from './certificates.ts'
import { serverProcess, type ServerProcess } from './server-process.ts'
import { freePort } from './redis.ts'

/**
 * Starts a NATS server with JetStream and its own folder. Its user is timhook, with the password secret. With `tls` it
 * demands the certificate of a client.
 */
export async function startNats(
  atEnd: (stop: () => Promise<void>) => void,
  tls?: TlsFiles,
): Promise<ServerProcess & { readonly url: string }> {
  const folder = await folderWith({}, atEnd)
  const port = await freePort()
  const { cert = '', key = '' } = tls?.server ?? {}
  const secure = tls ? ['--tlsverify', '--tlscert', cert, '--tlskey', key, '--tlscacert', tls.ca] : []
  const own = ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder, '--user', 'timhook', '--pass', 'secret']
  const nats = serverProcess({
    program: 'nats-server',
    args: [...own, ...secure],
    ready: 'Server is ready',
  })
  atEnd(() => nats.kill())
  await nats.start()
  return { ...nats, url: `${tls ? 'tls' : 'nats'}://timhook:secret@127.0.0.1:${port}` }
}
