import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Answerer } from './answerer.ts'
import { historyFile } from './commands/history.ts'
import { CallLog, readCall, type FakeCall } from './call-log.ts'
import { Faults, type Fault } from './faults.ts'
import { sampleGroups, type Group } from './groups.ts'
import type { Body } from './read.ts'
import type { Oddities, World } from './world.ts'

export interface FakeSettings {
  sdkAppId?: number
  secretKey?: string
  administrators?: readonly string[]
  groups?: readonly Group[]
  accounts?: readonly string[]
  port?: number
  /** Calls per second of each command; 200, as documented. */
  perSecond?: number
  oddities?: Partial<Oddities>
  /** Messages of an hour, by kind and hour of Beijing: `Group 2015120121`. */
  history?: Readonly<Record<string, readonly unknown[]>>
  /** Milliseconds since 1970. */
  now?: () => number
  /** Hears what Tencent would tell the app's webhook. */
  onCallback?: (command: string, body: Body) => void
}

/** Tencent's REST API on this machine. */
export interface FakeTencent {
  /** Such as `http://127.0.0.1:12345`. */
  readonly url: string
  readonly sdkAppId: number
  readonly secretKey: string
  readonly identifier: string
  readonly world: World
  readonly calls: FakeCall[]
  /** Calls of one command. */
  callsOf(command: string): FakeCall[]
  /** Somebody joins, or tries to, as from a client; a code other than 0 is why not. */
  join(group: string, account: string): number
  /** Lets something go wrong. */
  inject(fault: Fault): void
  /** Resolves when so many calls of a command have come in, about one group where that is given, or have come already. */
  called(command: string, times?: number, group?: string): Promise<void>
  close(): Promise<void>
}

const STANDARD: Oddities = {
  spaceAfterRole: true,
  formerNames: false,
  leakyRoleFilter: true,
  noErrorInfo: false,
  noActionStatus: false,
  requestId: false,
}

/** Starts the fake on a free port, with real HTTP. Answers have status 200, whatever their code. */
export async function startFake(settings: FakeSettings = {}): Promise<FakeTencent> {
  const { sdkAppId = 1_400_000_000, secretKey = 'a-key-of-the-fake-0123456789abcdef', now = Date.now } = settings
  const administrators = new Set(settings.administrators ?? ['administrator'])
  const world: World = {
    groups: new Map((settings.groups ?? sampleGroups()).map((group) => [group.id, group])),
    administrators,
    accounts: new Set([...administrators, ...(settings.accounts ?? [])]),
    oddities: { ...STANDARD, ...settings.oddities },
    protectedRemovals: [],
    sent: [],
    profiles: new Map(),
    history: new Map(Object.entries(settings.history ?? {})),
    url: '',
    now,
    callback: (command, body) => setImmediate(() => settings.onCallback?.(command, body)),
  }
  const answerer = new Answerer(world, { sdkAppId, secretKey, administrators, now, perSecond: settings.perSecond })
  const [log, faults] = [new CallLog(), new Faults()]

  const handle = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const file = request.method === 'GET' ? historyFile(world, request.url ?? '') : undefined
    if (file) return void response.writeHead(200).end(file)
    const call = await readCall(request, now())
    log.add(call)
    const fault = faults.take(call.command, groupOf(call))
    if (fault?.answer === 'hang' || fault?.answer === 'drop' || isPage(fault)) {
      if (fault.effect === true) call.code = answerer.answer(call)['ErrorCode'] as number
      if (fault.delayMs !== undefined) await delay(fault.delayMs)
      if (fault.answer === 'drop') request.socket.destroy()
      if (isPage(fault)) response.writeHead(fault.answer.status, { 'Content-Type': 'text/html' }).end(fault.answer.text)
      return
    }
    const given = answerer.answer(call, fault)
    call.code = given['ErrorCode'] as number
    if (fault?.delayMs !== undefined) await delay(fault.delayMs)
    const text = JSON.stringify(fault?.edit?.(given) ?? given)
    response.writeHead(200, { 'Content-Type': 'application/json', 'Access-Control-Allow-Origin': '*' }).end(text)
  }

  const server = createServer((request, response) => {
    handle(request, response).catch(() => response.destroy())
  })
  server.listen(settings.port ?? 0, '127.0.0.1')
  await once(server, 'listening')
  world.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  return {
    url: world.url,
    sdkAppId,
    secretKey,
    identifier: [...administrators][0] ?? '',
    world,
    calls: log.calls,
    callsOf: (command) => log.of(command),
    called: (command, times = 1, group) =>
      log.called((call) => call.command === command && (group === undefined || groupOf(call) === group), times),
    join: (group, account) => answerer.joined(group, account),
    inject: (fault) => faults.add(fault),
    async close() {
      if (!server.listening) return
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

/** The group that a call is about. */
function groupOf({ body }: FakeCall): string | undefined {
  const [first] = Array.isArray(body['GroupIdList']) ? (body['GroupIdList'] as unknown[]) : []
  const group = body['GroupId'] ?? first
  return typeof group === 'string' ? group : undefined
}

function isPage(fault: Fault | undefined): fault is Fault & { answer: { status: number; text: string } } {
  return typeof fault?.answer === 'object' && 'status' in fault.answer
}
