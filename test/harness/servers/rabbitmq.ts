import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { folderWith } from '../cli.ts'
import type { TlsFiles } from './certificates.ts'
import { serverProcess, type ServerProcess } from './server-process.ts'
import { freePort } from './redis.ts'

/** The package's script that runs as the current user: the one in PATH switches to another user. */
const PROGRAM = '/usr/lib/rabbitmq/bin/rabbitmq-server'
const hasRabbit = existsSync(PROGRAM)
if (!hasRabbit && process.env['CI']) throw new Error('rabbitmq-server is not installed')

/**
 * Starts a RabbitMQ with its own folder for database, log and cookie. Its user is guest, with the password guest. At
 * `secureUrl` it demands the certificate of a client.
 */
export async function startRabbit(
  atEnd: (stop: () => Promise<void>) => void,
  tls: TlsFiles,
): Promise<ServerProcess & { readonly url: string; readonly secureUrl: string }> {
  const folder = await folderWith({}, atEnd)
  const [port, distribution, epmdPort] = [await freePort(), await freePort(), await freePort()]
  const securePort = await freePort()
  // The port mapper of Erlang's nodes. One that a node starts would outlive the node.
  const names = { ERL_EPMD_PORT: String(epmdPort), ERL_EPMD_ADDRESS: '127.0.0.1' }
  const epmd = serverProcess({
    program: 'epmd',
    args: ['-debug'],
    env: names,
    ready: 'epmd running',
  })
  atEnd(() => epmd.kill())
  await epmd.start()
  const settings = {
    loopback_users: 'none',
    'listeners.ssl.1': `127.0.0.1:${securePort}`,
    'ssl_options.cacertfile': tls.ca,
    'ssl_options.certfile': tls.server.cert,
    'ssl_options.keyfile': tls.server.key,
    'ssl_options.verify': 'verify_peer',
    'ssl_options.fail_if_no_peer_cert': 'true',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`)
  await writeFile(join(folder, 'rabbitmq.conf'), lines.join(''))
  const rabbit = serverProcess({
    program: PROGRAM,
    env: {
      ...names,
      HOME: folder,
      RABBITMQ_NODENAME: `timhook${port}@localhost`,
      RABBITMQ_NODE_IP_ADDRESS: '127.0.0.1',
      RABBITMQ_NODE_PORT: String(port),
      RABBITMQ_DIST_PORT: String(distribution),
      RABBITMQ_MNESIA_BASE: join(folder, 'mnesia'),
      RABBITMQ_LOG_BASE: join(folder, 'log'),
      RABBITMQ_LOGS: '-',
      RABBITMQ_PID_FILE: join(folder, 'pid'),
      RABBITMQ_CONFIG_FILE: join(folder, 'rabbitmq.conf'),
      RABBITMQ_CONF_ENV_FILE: join(folder, 'none'),
      RABBITMQ_ENABLED_PLUGINS_FILE: join(folder, 'plugins'),
    },
    ready: 'Server startup complete',
  })
  atEnd(() => rabbit.kill())
  await rabbit.start()
  return {
    ...rabbit,
    url: `amqp://guest:guest@127.0.0.1:${port}`,
    secureUrl: `amqps://guest:guest@127.0.0.1:${securePort}`,
  }
}

/** Tests that need a RabbitMQ. If there is none, their title says that they were skipped. */
export function describeWithRabbit(title: string, tests: () => void): void {
  if (hasRabbit) describe(title, tests)
  else describe.skip(`${title}: no rabbitmq-server is installed`, tests)
}
