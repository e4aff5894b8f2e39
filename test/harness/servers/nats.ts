import { folderWith } from '../cli.ts'
import { serverProcess, type ServerProcess } from './server-process.ts'
import { freePort } from './redis.ts'

/** Starts a NATS server with JetStream and a folder of its own. Its user is timhook, with the password secret. */
export async function startNats(
  atEnd: (stop: () => Promise<void>) => void,
): Promise<ServerProcess & { readonly url: string }> {
  const folder = await folderWith({}, atEnd)
  const port = await freePort()
  const nats = serverProcess({
    program: 'nats-server',
    args: ['-a', '127.0.0.1', '-p', String(port), '-js', '-sd', folder, '--user', 'timhook', '--pass', 'secret'],
    ready: 'Server is ready',
  })
  atEnd(() => nats.kill())
  await nats.start()
  return { ...nats, url: `nats://timhook:secret@127.0.0.1:${port}` }
}
