import { type Format, lastingParameters } from './message.ts'
import type { SignWebhook } from './sign-webhook.ts'

/** A message of Standard Webhooks 1.0, whose data is the whole callback. */
export function createStandardWebhooksFormat({ pathname, search }: URL, sign: SignWebhook): Format {
  return ({ command, id, app, query, receivedAt, json }, nowMs) => {
    const data = { sdkAppId: app.sdkAppId, command, query: Object.fromEntries(lastingParameters(query)), receivedAt }
    const about = { type: `tencent.im.${command}`, timestamp: new Date(receivedAt).toISOString() }
    // The body goes in as text, so that no digit of a long integer is lost.
    const body = `${JSON.stringify(about).slice(0, -1)},"data":${JSON.stringify(data).slice(0, -1)},"body":${json}}}`
    return {
      path: `${pathname}${search}`,
      headers: ['content-type', 'application/json', ...sign(id, body, nowMs)],
      body,
    }
  }
}
