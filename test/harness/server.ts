import type { AppInput } from '../../config/sections/apps.ts'
import { checkConfig } from '../../config/read/read.ts'
import type { ConfigInput } from '../../config/schema/schema.ts'
import { type Bus, type BusEvents } from '../../core/observe/bus.ts'
import { prepare } from '../../core/runtime.ts'
import { createLogger } from '../../core/observe/log.ts'
import { startServer, type TimhookServer } from '../../core/server.ts'
import { sign } from '../../core/http/request/signature.ts'
import { stopAfterTest } from './hooks.ts'

export const UNSIGNED_APP = 1400000001
export const SIGNED_APP = 1400000002
export const TOKENS = ['old-token-of-the-test', 'new-token-of-the-test']

export const apps: AppInput[] = [
  { sdkAppId: UNSIGNED_APP, unsigned: true },
  { sdkAppId: SIGNED_APP, tokens: TOKENS },
]

export interface Reply {
  status: number
  text: string
  json: Record<string, unknown>
  headers: Headers
}

export interface TestServer {
  server: TimhookServer
  bus: Bus
  port: number
  url: string
  /** Everything logged so far, one JSON line each. */
  lines: string[]
  /** Posts a body (an object is sent as JSON) for a command, in the unsigned app unless `query` says otherwise. */
  post: (command: string, body: unknown, query?: Record<string, string>) => Promise<Reply>
  request: (path: string, init?: RequestInit) => Promise<Reply>
}

/** A real server on a free port. It is stopped after the test. */
export async function serve(config: Partial<ConfigInput> = {}): Promise<TestServer> {
  const reading = checkConfig(
    {
      apps,
      admin: false,
      ...config,
      delivery: { engine: 'memory', ...config.delivery },
      // No callback may be refused because the machine is busy.
      server: { port: 0, drainMs: 0, deadlineMs: 60_000, ...config.server },
    },
    { env: process.env },
  )
  const lines: string[] = []
  const log = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } })
  const server = await startServer(await prepare(reading), { log })
  stopAfterTest(() => server.stop({ drainMs: 0, graceMs: 20 }))
  const { url, bus } = server

  const request = async (path: string, init: RequestInit = {}): Promise<Reply> => {
    const response = await fetch(new URL(path, url), init)
    const text = await response.text()
    return { status: response.status, text, json: parse(text), headers: response.headers }
  }
  return {
    server,
    bus,
    port: Number(new URL(url).port),
    url,
    lines,
    request,
    post(command, body, query = {}) {
      const parameters = new URLSearchParams({ SdkAppid: `${UNSIGNED_APP}`, CallbackCommand: command, ...query })
      return request(`?${parameters.toString()}`, {
        method: 'POST',
        body: typeof body === 'string' ? body : JSON.stringify(body),
      })
    },
  }
}

/** The parameters of a genuine request to the signed app. */
export function signed(token = TOKENS[1] ?? '', atMs = Date.now()): Record<string, string> {
  const RequestTime = `${Math.floor(atMs / 1000)}`
  return { SdkAppid: `${SIGNED_APP}`, Sign: sign(token, RequestTime), RequestTime }
}

/** Collects the events of one kind from the bus. */
export function eventsOf<Name extends keyof BusEvents>(bus: Bus, name: Name): BusEvents[Name][] {
  const events: BusEvents[Name][] = []
  bus.on(name, (event) => void events.push(event))
  return events
}

function parse(text: string): Record<string, unknown> {
  return text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
}
