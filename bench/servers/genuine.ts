import { createHash, timingSafeEqual } from 'node:crypto'
import { APP, TOKEN } from '../load/callbacks.ts'

export const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}'

const WINDOW_SECONDS = 60

type Parameters = Readonly<Record<string, unknown>>

/** What every server checks: app, command and signature, as in Tencent's documents. */
export function isGenuine(parameters: Parameters): parameters is Parameters & { CallbackCommand: string } {
  const { SdkAppid, CallbackCommand, Sign, RequestTime } = parameters
  if (SdkAppid !== String(APP) || typeof CallbackCommand !== 'string') return false
  if (typeof Sign !== 'string' || typeof RequestTime !== 'string' || Sign.length !== 64) return false
  if (!(Math.abs(Date.now() / 1000 - Number(RequestTime)) <= WINDOW_SECONDS)) return false
  const expected = createHash('sha256')
    .update(TOKEN + RequestTime)
    .digest('hex')
  return timingSafeEqual(Buffer.from(expected), Buffer.from(Sign.toLowerCase()))
}

/** Longer than a round, and the same as timhook's, so that no server closes a connection between its windows. */
export const KEEP_ALIVE_MS = 75_000

/** The handlers by command. */
export const handlers = new Map<string, (body: unknown) => void>(
  ['Group.CallbackAfterGroupFull', 'Group.CallbackBeforeSendMsg', 'Group.CallbackAfterSendMsg'].map((command) => [
    command,
    () => undefined,
  ]),
)

/** JSON Schema of the required fields of the benchmark's callbacks. */
export const bodySchema = {
  type: 'object',
  required: ['CallbackCommand', 'GroupId'],
  properties: {
    CallbackCommand: { type: 'string' },
    GroupId: { type: 'string' },
    EventTime: { type: 'integer' },
    MsgBody: { type: 'array', items: { type: 'object', required: ['MsgType'] } },
  },
} as const

/** Logs the port for the parent, in the same form as timhook's log. */
export function tellPort(address: unknown): void {
  const { port } = address as { port: number }
  process.stdout.write(`${JSON.stringify({ url: `http://127.0.0.1:${port}/` })}\n`)
}
