import { readTls } from 'timhook/plugin'
import { type Dispatcher, Pool, ProxyAgent } from 'undici'
import type { Options } from '../options.ts'

/** The most connections to a target. */
const CONNECTIONS = 64
const CONNECT_MS = 5000

/** Creates the pool of keep-alive connections to a target, through a proxy if there is one. */
export function connect({ url, tls, proxy }: Pick<Options, 'url' | 'tls' | 'proxy'>): Dispatcher {
  const { origin } = new URL(url)
  const secure = tls ? readTls(tls) : {}
  const options = { connections: CONNECTIONS, pipelining: 1 }
  if (proxy === undefined) return new Pool(origin, { ...options, connect: { ...secure, timeout: CONNECT_MS } })
  return new ProxyAgent({ uri: proxy, ...options, requestTls: { ...secure, timeout: CONNECT_MS } })
}
