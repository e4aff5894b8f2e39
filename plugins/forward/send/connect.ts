import { readTls } from 'timhook/plugin'
import { type Dispatcher, errors, Pool, ProxyAgent } from 'undici'
import type { Options } from '../options.ts'
import { type Client, PlainClient } from './plain-client.ts'

/** The most connections to a target. */
const CONNECTIONS = 64
const CONNECT_MS = 5000

/** How a target is reached. */
export interface Way {
  readonly dispatcher: Dispatcher
  /** For calls whose answer matters only by its status. */
  readonly client: Client
  readonly close: () => Promise<void>
}

/** Creates the pool of keep-alive connections to a target, through a proxy if there is one. */
export function connect({ url, tls, proxy }: Pick<Options, 'url' | 'tls' | 'proxy'>): Way {
  const { origin, protocol } = new URL(url)
  const secure = tls ? readTls(tls) : {}
  const options = { connections: CONNECTIONS, pipelining: 1 }
  if (proxy !== undefined) {
    const agent = new ProxyAgent({ uri: proxy, ...options, requestTls: { ...secure, timeout: CONNECT_MS } })
    return { dispatcher: agent, client: agent, close: () => agent.destroy() }
  }
  const pool = new Pool(origin, { ...options, connect: { ...secure, timeout: CONNECT_MS } })
  if (protocol !== 'http:') return { dispatcher: pool, client: pool, close: () => pool.destroy() }
  const client = new PlainClient({ origin, connections: CONNECTIONS, fallback: pool })
  return {
    dispatcher: pool,
    client,
    close: () => {
      client.destroy(new errors.ClientDestroyedError())
      return pool.destroy()
    },
  }
}
