import { Type } from 'timhook/plugin'

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
})

export type Format = 'wecom' | 'dingtalk' | 'feishu' | 'slack' | 'json'
