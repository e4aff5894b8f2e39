import { Duration, Type } from 'timhook/plugin'

const Template = (description: string, more: object = {}) =>
  Type.String({ minLength: 1, maxLength: 1000, description, ...more })

/** The `options` in the config. */
export const options = Type.Object({
  url: Type.String({ pattern: '^https?://\\S+$', secret: true, description: 'URL of the webhook' }),
  format: Type.Enum(['wecom', 'dingtalk', 'feishu', 'slack', 'json'], {
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
  alerts: Type.Boolean({ default: true, description: 'Whether alerts are sent; false for the events alone' }),
  template: Template('The line of an alert, of {{what}}, {{text}}, {{rule}}, {{plugin}}, {{host}} and {{time}}', {
    default: '[timhook] {{what}}: {{text}} ({{host}}, {{time}} UTC)',
  }),
  events: Type.Record(Type.String(), Template('The line of an event, with its fields: {{group}}'), {
    default: {},
    description: 'Events of plugins that are sent, such as plugin:moderate:review, each with its line; * for any text',
  }),
  group: Duration({ default: 10_000, description: 'How long equal events are collected before they are sent as one' }),
  perMinute: Type.Integer({
    default: 10,
    minimum: 1,
    description: 'The most lines of one event a minute; of what is over, the number is sent',
  }),
})

export type Options = Type.StaticDecode<typeof options>
export type Format = 'wecom' | 'dingtalk' | 'feishu' | 'slack' | 'json'
