import { Duration, Type } from 'timhook/plugin'

const FORMATS = ['wecom', 'dingtalk', 'feishu', 'slack', 'json'] as const
/** Whose webhook a URL is, by its host. */
const HOSTS: Readonly<Record<string, Format>> = {
  'qyapi.weixin.qq.com': 'wecom',
  'oapi.dingtalk.com': 'dingtalk',
  'open.feishu.cn': 'feishu',
  'open.larksuite.com': 'feishu',
  'hooks.slack.com': 'slack',
}

const Template = (description: string, more: object = {}) =>
  Type.String({ minLength: 1, maxLength: 1000, description, ...more })

/** The `options` in the config. */
export const options = Type.Object({
  url: Type.String({
    pattern: '^https?://\\S+$',
    expected: 'the http or https URL of a webhook',
    secret: true,
    description: 'URL of the webhook',
  }),
  format: Type.Enum(FORMATS, {
    default: 'json',
    description: 'What the webhook understands',
  }),
  signingSecret: Type.Optional(
    Type.String({
      minLength: 1,
      secret: true,
      description: 'Signs what is sent: dingtalk, feishu and json have such a secret, wecom and slack have none',
    }),
  ),
  alerts: Type.Boolean({ default: true, description: 'Whether alerts are sent; false for only the events' }),
  template: Template('The line of an alert, from {{what}}, {{text}}, {{rule}}, {{plugin}}, {{host}} and {{time}}', {
    default: '[timhook] {{what}}: {{text}} ({{host}}, {{time}} UTC)',
  }),
  events: Type.Record(Type.String(), Template('The line of an event, with its fields: {{group}}'), {
    default: {},
    description: 'Events of plugins to send, such as plugin:moderate:review, each with its line; * for any text',
  }),
  group: Duration({ default: 10_000, description: 'How long equal events are collected before they are sent as one' }),
  perMinute: Type.Integer({
    default: 10,
    minimum: 1,
    description: 'The most lines of one event per minute; any more are only counted',
  }),
})

export type Options = Type.StaticDecode<typeof options>
export type Format = (typeof FORMATS)[number]

/** Refuses what would never arrive, or would not be signed. */
export function checkOptions({ url, format, signingSecret, events }: Options): void {
  const { hostname } = new URL(url)
  const known = HOSTS[hostname]
  if (known !== undefined && known !== format)
    throw new Error(`format is ${format}, but ${hostname} is a webhook of ${known}: expected format: ${known}`)
  if (signingSecret !== undefined && (format === 'wecom' || format === 'slack'))
    throw new Error(`a webhook of ${format} checks no signature, its URL is the secret: expected no signingSecret`)
  for (const pattern of Object.keys(events))
    if (!/^(plugin:|[^:]*\*)/.test(pattern))
      throw new Error(`events: ${JSON.stringify(pattern)} is no event of a plugin: expected plugin:ID:NAME`)
}
