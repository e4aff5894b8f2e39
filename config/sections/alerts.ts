import { Type } from '#typebox'
import { Duration, type DurationInput } from '../../core/lib/units.ts'

const ALERT_FORMATS = ['wecom', 'dingtalk', 'feishu', 'slack', 'json'] as const
const DAY_MS = 86_400_000

/** Where alerts are sent: short for an entry of the plugin `notify`. */
export const AlertsSchema = Type.Object(
  {
    url: Type.Optional(
      Type.String({
        pattern: '^https?://\\S+$',
        expected: 'the http or https URL of a webhook',
        secret: true,
        description: 'URL of the webhook that alerts are posted to.',
      }),
    ),
    format: Type.Enum(ALERT_FORMATS, { default: 'json', description: 'What the webhook understands.' }),
    signingSecret: Type.Optional(
      Type.String({
        minLength: 1,
        secret: true,
        description: 'Signs what is sent: dingtalk, feishu and json have such a secret.',
      }),
    ),
    noCallbacks: Duration({
      max: DAY_MS * 7,
      default: '1h',
      description: 'After this long without a callback there is an alert; 0 turns that off.',
    }),
  },
  { additionalProperties: false, default: {}, description: 'Sends alerts to people.' },
)

/** What a person may write under `alerts`. */
export interface AlertsInput {
  url?: string
  format?: (typeof ALERT_FORMATS)[number]
  signingSecret?: string
  noCallbacks?: DurationInput
}
