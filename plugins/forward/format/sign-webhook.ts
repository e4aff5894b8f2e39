import { createHmac } from 'node:crypto'

const PREFIX = 'whsec_'

/** The bytes of a secret of Standard Webhooks. */
export function keyOf(secret: string): Buffer {
  return Buffer.from(secret.slice(PREFIX.length), 'base64')
}

/** Makes the headers that Standard Webhooks 1.0 defines, for one attempt. */
export type SignWebhook = (id: string, body: string, nowMs: number) => readonly string[]

/** @param secrets one signature is made with each, so that a receiver may change its secret at any time */
export function createSignWebhook(secrets: readonly string[]): SignWebhook {
  const keys = secrets.map(keyOf)
  return (id, body, nowMs) => {
    const timestamp = String(Math.floor(nowMs / 1000))
    const signed = `${id}.${timestamp}.${body}`
    const signatures = keys.map((key) => `v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
    const signature = signatures.length > 0 ? ['webhook-signature', signatures.join(' ')] : []
    return ['webhook-id', id, 'webhook-timestamp', timestamp, ...signature]
  }
}
