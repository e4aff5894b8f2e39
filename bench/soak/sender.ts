import { Agent, request } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { sign } from '../../core/http/request/signature.ts'
import { writeJson } from '../../core/lib/json.ts'
import { commands } from '../../core/protocol/commands.ts'
import { sampleAt } from '../../core/sample/sample-at.ts'
import { variation } from '../../core/sample/variation.ts'
import { APP, TOKEN } from '../load/callbacks.ts'

const SEED = 1
const CONNECTIONS = 16
/** The most requests without an answer; beyond this the sender waits. */
const MAX_UNANSWERED = 256
/** One in this many acknowledged callbacks is sent again, as Tencent does after its time-out. */
const RESEND_EVERY = 40
const GROUPS = 50
const TICK_MS = 20

/** What was sent, and how it was answered. */
export interface Tally {
  sent: number
  /** Numbers of after-callbacks that were answered 200. */
  readonly acknowledged: number[]
  resent: number
  /** Answers by HTTP status; 0 if there was none because the server was down. */
  readonly statuses: Map<number, number>
  readonly commands: Set<string>
  /** Milliseconds to the answer since the last reading. */
  readonly durations: number[]
}

export interface SenderOptions {
  /** Callbacks per second. */
  readonly rate: number
  /** The server's current address; undefined while none runs. */
  readonly url: () => string | undefined
  readonly signal: AbortSignal
}

/** Sends callbacks of every known command in turn, signed, half of them varied, until the signal. */
export async function sendMixed({ rate, url, signal }: SenderOptions, tally: Tally): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const definitions = [...commands.values()]
  const startedAt = performance.now()
  const unanswered = new Set<Promise<void>>()
  let next = 0
  const sendNext = async (number: number): Promise<void> => {
    const definition = definitions[number % definitions.length]
    const target = url()
    if (!definition || target === undefined) return
    const { command, phase } = definition
    const body = bodyOf(definition, number)
    tally.sent++
    const post = (): Promise<number> => timed(tally, () => postOnce(target, command, body, agent))
    const status = await post()
    if (status !== 200) return
    tally.commands.add(command)
    if (phase !== 'after') return
    tally.acknowledged.push(number)
    // Only a body with a time in it can be recognised.
    if (number % RESEND_EVERY !== 0 || !body.includes('"EventTime":')) return
    if ((await post()) === 200) tally.resent++
  }
  while (!signal.aborted) {
    const due = Math.floor(((performance.now() - startedAt) * rate) / 1000)
    const until = Math.min(due, next + MAX_UNANSWERED - unanswered.size)
    for (; next < until; next++) {
      const sending: Promise<void> = sendNext(next).finally(() => unanswered.delete(sending))
      unanswered.add(sending)
    }
    // A load by the clock, not one that waits for answers.
    await delay(TICK_MS)
  }
  await Promise.all(unanswered)
  agent.destroy()
}

type Definition = typeof commands extends ReadonlyMap<string, infer D> ? D : never

function bodyOf(definition: Definition, n: number): string {
  const sample = sampleAt(definition.sample, n, Date.now())
  if (typeof sample['GroupId'] === 'string') sample['GroupId'] = `@TGS#SOAK${n % GROUPS}`
  const round = Math.floor(n / commands.size)
  const varied = round % 2 === 1 ? variation(definition, sample, { seed: SEED, n, fixed: ['EventTime'] }) : sample
  return writeJson({ ...varied, SoakNumber: n })
}

async function timed(tally: Tally, post: () => Promise<number>): Promise<number> {
  const startedAt = performance.now()
  const status = await post()
  tally.statuses.set(status, (tally.statuses.get(status) ?? 0) + 1)
  if (status !== 0) tally.durations.push(performance.now() - startedAt)
  return status
}

/** The status of the answer; 0 without one. */
function postOnce(url: string, command: string, body: string, agent: Agent): Promise<number> {
  const requestTime = `${Math.floor(Date.now() / 1000)}`
  const query = new URLSearchParams({
    SdkAppid: `${APP}`,
    CallbackCommand: command,
    contenttype: 'json',
    ClientIP: '203.0.113.9',
    OptPlatform: 'RESTAPI',
    Sign: sign(TOKEN, requestTime),
    RequestTime: requestTime,
  })
  return new Promise((resolve) => {
    const sending = request(`${url}?${query.toString()}`, { method: 'POST', agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
      response.on('error', () => resolve(0))
    })
    sending.on('error', () => resolve(0))
    sending.end(body)
  })
}
