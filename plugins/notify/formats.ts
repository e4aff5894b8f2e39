import { createHmac, randomUUID } from 'node:crypto'
import type { BusEvents } from 'timhook/plugin'
import type { Format } from './options.ts'

/** One line to send, and the alert or event that it is about. */
export type Notice = AlertNotice | EventNotice

interface AlertNotice {
  readonly line: string
  readonly event: 'alert:raised' | 'alert:cleared'
  readonly alert: BusEvents['alert:raised']
}

export interface EventNotice {
  readonly line: string
  /** Such as `plugin:moderate:review`. */
  readonly event: string
  /** The fields that the template names, and nothing else. */
  readonly fields: Readonly<Record<string, unknown>>
  /** How many events it stands for. */
  readonly count: number
}

/** A request to a webhook. */
export interface Message {
  readonly url: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body: string
}

/** The outcome of a message. `waitMs`: too many were sent. `says` is the webhook's sentence, which is not logged. */
export type Outcome = { readonly ok: true } | Failure

export interface Failure {
  readonly ok: false
  readonly code: string
  readonly says?: string
  readonly waitMs?: number
}

export interface Webhook {
  /** The shortest time between two messages, milliseconds. */
  readonly intervalMs: number
  /** UTF-8 bytes of the text of a message. */
  readonly maxBytes: number
  message(text: string, notices: readonly Notice[], target: { url: string; secret?: string | undefined }): Message
  /** @param answer the webhook's answer with status 200 */
  read(answer: unknown): Outcome
}

const MINUTE_MS = 60_000
/** The code of an answer that is not in this format. */
export const NO_CODE = 'no code in the answer'

/** By `format`. The limits are from the documents named below. */
export const webhooks: Readonly<Record<Format, Webhook>> = {
  // developer.work.weixin.qq.com/document/path/91770: 2048 bytes, 20 a minute. It checks only the key in the URL.
  wecom: {
    intervalMs: MINUTE_MS / 20,
    maxBytes: 2048,
    message: (content, _notices, { url }) => json(url, { msgtype: 'text', text: { content } }),
    read: (answer) => byCode(answer, ['errcode'], { 45009: MINUTE_MS }),
  },
  // open.dingtalk.com/document/robots/custom-robot-access: 20 a minute, more are refused for 10 minutes.
  dingtalk: {
    intervalMs: MINUTE_MS / 20,
    maxBytes: 20_000,
    message(content, _notices, { url, secret }) {
      const signed = new URL(url)
      if (secret !== undefined) {
        const timestamp = String(Date.now())
        signed.searchParams.set('timestamp', timestamp)
        signed.searchParams.set('sign', hmac(secret, `${timestamp}\n${secret}`))
      }
      return json(signed.href, { msgtype: 'text', text: { content } })
    },
    read: (answer) => byCode(answer, ['errcode'], { 130101: 10 * MINUTE_MS, 410100: 10 * MINUTE_MS }),
  },
  // open.feishu.cn/document/client-docs/bot-v3/add-custom-bot: 20 KB, 5 a second and 100 a minute.
  feishu: {
    intervalMs: MINUTE_MS / 100,
    maxBytes: 18_000,
    message(text, _notices, { url, secret }) {
      const timestamp = String(Math.floor(Date.now() / 1000))
      // Here the text is the key of the signature, and the signed message is empty.
      const signature = secret !== undefined && { timestamp, sign: hmac(`${timestamp}\n${secret}`, '') }
      return json(url, { ...signature, msg_type: 'text', content: { text } })
    },
    read: (answer) => byCode(answer, ['code', 'StatusCode'], { 9499: MINUTE_MS, 11232: MINUTE_MS }),
  },
  // docs.slack.dev/apis/web-api/rate-limits: one a second; 429 says how long to wait. 40,000 characters.
  slack: {
    intervalMs: 1000,
    maxBytes: 30_000,
    message: (text, _notices, { url }) => json(url, { text: escapeSlack(text) }),
    read: () => ({ ok: true }),
  },
  // Signed as Standard Webhooks are.
  json: {
    intervalMs: 1000,
    maxBytes: 64 * 1024,
    message(text, notices, { url, secret }) {
      const alerts = notices.flatMap((notice) => ('alert' in notice ? [{ event: notice.event, ...notice.alert }] : []))
      const events = notices.flatMap((one) =>
        'alert' in one ? [] : [{ event: one.event, ...one.fields, count: one.count }],
      )
      const message = json(url, { text, alerts, ...(events.length > 0 && { events }) })
      if (secret === undefined) return message
      const id = `msg_${randomUUID()}`
      const timestamp = String(Math.floor(Date.now() / 1000))
      const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64')
      const signature = `v1,${hmac(key, `${id}.${timestamp}.${message.body}`)}`
      const headers = { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signature }
      return { ...message, headers }
    },
    read: () => ({ ok: true }),
  },
}

function json(url: string, body: object): Message {
  return { url, body: JSON.stringify(body) }
}

function hmac(key: string | Buffer, text: string): string {
  return createHmac('sha256', key).update(text).digest('base64')
}

/** Slack reads <…> as a link or a mention. */
function escapeSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/** The fields of an answer; none if it is not an object. */
export function fieldsOf(answer: unknown): Readonly<Record<string, unknown>> {
  return typeof answer === 'object' && answer !== null ? { ...answer } : {}
}

/** Reads an answer that reports errors with status 200. */
function byCode(answer: unknown, names: readonly string[], limits: Readonly<Record<number, number>>): Outcome {
  const fields = fieldsOf(answer)
  const code = names.map((name) => fields[name]).find((value) => typeof value === 'number')
  if (code === 0) return { ok: true }
  if (typeof code !== 'number') return { ok: false, code: NO_CODE }
  const waitMs = limits[code]
  const says = fields['errmsg'] ?? fields['msg'] ?? fields['StatusMessage']
  return {
    ok: false,
    code: String(code),
    ...(typeof says === 'string' && { says }),
    ...(waitMs !== undefined && { waitMs }),
  }
}

/** Joins lines to a text of at most `maxBytes`, and says how many are left out. */
export function textOf(lines: readonly string[], maxBytes: number): string {
  const all = lines.join('\n')
  if (Buffer.byteLength(all) <= maxBytes) return all
  const [first = '', ...others] = lines
  const kept: string[] = []
  let left = maxBytes - Buffer.byteLength(`\n… and ${lines.length} more`)
  for (const line of [cut(first, left - 1), ...others]) {
    left -= Buffer.byteLength(line) + 1
    if (left < 0) break
    kept.push(line)
  }
  return [...kept, ...(kept.length < lines.length ? [`… and ${lines.length - kept.length} more`] : [])].join('\n')
}

/** A line cut to at most this many bytes, without cutting a character. */
function cut(line: string, maxBytes: number): string {
  if (Buffer.byteLength(line) <= maxBytes) return line
  let kept = ''
  let left = maxBytes - Buffer.byteLength('…')
  for (const character of line) {
    left -= Buffer.byteLength(character)
    if (left < 0) break
    kept += character
  }
  return `${kept}…`
}
