import { readFileSync } from 'node:fs'
import { Agent, request, type RequestOptions } from 'node:http'
import { Agent as SecureAgent, type AgentOptions, request as secureRequest } from 'node:https'
import type { Config } from '../../../config/schema/schema.ts'
import { TimhookError } from '../../errors.ts'
import { trustOnly } from '../../lib/net/certificates.ts'
import { socketPath } from '../../lib/net/host.ts'
import { localUrl } from '../input/consent.ts'

/** Where samples go. */
export interface Target {
  readonly url: string
  /** The address for a person. */
  readonly shown: string
  /** Sends a body. Rejects with an error that has a `code` if there is no answer. */
  post(url: URL, body: string): Promise<{ status: number; text: string }>
}

export interface TargetOptions {
  readonly url?: string
  readonly yes?: boolean
  /** PEM files. */
  readonly cacert?: string
  readonly cert?: string
  readonly key?: string
}

const ANY_ADDRESS: Readonly<Record<string, string>> = { '0.0.0.0': '127.0.0.1', '::': '[::1]' }
/** Requests to a socket need no real host name. */
const UNIX_AUTHORITY = 'http://localhost'

/** The target of `--url`, or the server of the config. @throws TimhookError USAGE */
export function targetOf(config: Config, options: TargetOptions): Target {
  const url = options.url ?? urlOf(config)
  if (socketPath(url) === undefined) localUrl('--url', url, options.yes ?? false, 'http, https or unix')
  return targetAt(url, url.startsWith('https:') ? tlsOf(config, options) : {})
}

/** The target at a URL, which may be one of a Unix socket: `unix:/run/timhook.sock:/callbacks`. */
export function targetAt(url: string, tls: AgentOptions = {}): Target {
  const unix = unixTarget(url)
  const isSecure = url.startsWith('https:')
  const agent = isSecure ? new SecureAgent({ keepAlive: true, ...tls }) : new Agent({ keepAlive: true })
  const send = isSecure ? secureRequest : request
  const settings: RequestOptions = { method: 'POST', agent, ...(unix && { socketPath: unix.socket }) }
  return {
    url: unix ? `${UNIX_AUTHORITY}${unix.path}` : url,
    shown: url,
    post: (to, body) =>
      new Promise((resolve, reject) => {
        const sent = send(to, { ...settings, headers: { 'Content-Length': Buffer.byteLength(body) } }, (response) => {
          let answer = ''
          response.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk))
          response.once('error', reject)
          response.once('end', () => resolve({ status: response.statusCode ?? 0, text: answer }))
        })
        sent.once('error', reject)
        sent.end(body)
      }),
  }
}

/** The URL at which the server of the config can be reached from here. */
export function urlOf({ server }: Config): string {
  const [path = '/'] = [server.path].flat()
  if (socketPath(server.host) !== undefined) return `${server.host}:${path}`
  const host = ANY_ADDRESS[server.host] ?? (server.host.includes(':') ? `[${server.host}]` : server.host)
  return `${server.tls ? 'https' : 'http'}://${host}:${server.port}${path}`
}

/** The parts of `unix:/run/timhook.sock`, optionally with the path of the URL after another colon. */
export function unixTarget(url: string): { socket: string; path: string } | undefined {
  const rest = socketPath(url)
  if (rest === undefined) return undefined
  const colon = rest.indexOf(':')
  return colon === -1 ? { socket: rest, path: '/' } : { socket: rest.slice(0, colon), path: rest.slice(colon + 1) }
}

function tlsOf({ server }: Config, { url, cacert, cert, key }: TargetOptions): AgentOptions {
  const own = {
    ...(cert !== undefined && { cert: read('--cert', cert) }),
    ...(key !== undefined && { key: read('--key', key) }),
  }
  if (cacert !== undefined) return { ...own, ca: read('--cacert', cacert) }
  if (url !== undefined || !server.tls) return own
  return { ...own, ...trustOnly(readFileSync(server.tls.cert, 'utf8')) }
}

function read(option: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new TimhookError('USAGE', `${option} ${file}: cannot be read (${code})`, { cause: error })
  }
}
