import { type Format, lastingParameters, type Sendable } from './message.ts'
import type { SignWebhook } from './sign-webhook.ts'

/** An event of CloudEvents 1.0 in structured mode: the body is its data, and the parameters are extension attributes. */
export function createCloudEventsFormat({ pathname, search }: URL, sign: SignWebhook): Format {
  return (callback, nowMs) => {
    const { command, id, app, receivedAt, json } = callback
    const subject = subjectOf(callback)
    const event = {
      specversion: '1.0',
      id,
      source: `/timhook/${app.sdkAppId}`,
      type: `com.tencent.im.${command}`,
      ...(subject !== undefined && { subject }),
      time: new Date(receivedAt).toISOString(),
      datacontenttype: 'application/json',
      ...extensionsOf(callback),
    }
    const body = `${JSON.stringify(event).slice(0, -1)},"data":${json}}`
    return {
      path: `${pathname}${search}`,
      headers: ['content-type', 'application/cloudevents+json; charset=utf-8', ...sign(id, body, nowMs)],
      body,
    }
  }
}

/** What the callback is about: its group, else the account that acts. */
function subjectOf({ body }: Sendable): string | undefined {
  const { GroupId, From_Account, Owner_Account, Operator_Account } = body as Readonly<Record<string, unknown>>
  return [GroupId, From_Account, Owner_Account, Operator_Account].find(
    (id): id is string => typeof id === 'string' && id !== '',
  )
}

/** Names of attributes are lower-case letters and digits. Two of Tencent's parameters become attributes. */
function extensionsOf({ query }: Sendable): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [name, value] of lastingParameters(query)) {
    const attribute = name.toLowerCase()
    if ((attribute === 'clientip' || attribute === 'optplatform') && value !== '') found[attribute] = value
  }
  return found
}
