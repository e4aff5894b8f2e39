import { Type } from '#typebox'
import { REGIONS, type Region } from '../../core/protocol/rest-regions.ts'
import { Duration, type DurationInput } from '../../core/lib/units.ts'

/** An SdkAppID, as a number or as text. Compare two as text. */
export function SdkAppId(options: { description?: string } = {}) {
  return Type.Union(
    [Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }), Type.String({ pattern: '^[1-9][0-9]{0,19}$' })],
    { expected: 'an SdkAppID such as 1400000000', ...options },
  )
}

const Token = Type.String({ minLength: 1, secret: true, expected: 'a non-empty text in quotes' })

const RestSchema = Type.Object(
  {
    region: Type.Optional(
      Type.Enum(REGIONS, {
        description: 'Region in which the app was created; it determines the domain of the REST API.',
      }),
    ),
    baseUrl: Type.Optional(
      Type.String({
        // Without user, query and fragment: paths and parameters are added to it.
        pattern: '^https?://[^/?#@\\s]+(/[^?#\\s]*)?$',
        expected: 'an http or https URL without user and query, such as https://adminapisgp.im.qcloud.com',
        description: 'Base URL of the REST API, instead of region.',
      }),
    ),
    identifier: Type.String({
      pattern: '^[^\\r\\n]+$',
      expected: 'the account of an administrator, such as administrator',
      description: 'Administrator account for the calls of plugins, as the console shows it.',
    }),
    secretKey: Type.String({ minLength: 1, secret: true, description: "The app's secret key, which signs UserSigs." }),
  },
  { additionalProperties: false, description: "Lets plugins call the app's REST API." },
)

/** One Tencent IM application whose callbacks are accepted. */
const AppSchema = Type.Object(
  {
    sdkAppId: SdkAppId({ description: "The application's SdkAppID, from the Tencent console." }),
    tokens: Type.Array(Token, {
      secret: true,
      expected: "a list of texts, such as ['${TIMHOOK_TOKEN}']",
      default: [],
      description: 'Authentication tokens from the callback settings; two while one replaces the other.',
    }),
    signatureWindow: Duration({
      default: '60s',
      min: 1000,
      description:
        'Largest difference between RequestTime and our clock, either way. Milliseconds, or text such as 60s.',
    }),
    unsigned: Type.Boolean({
      default: false,
      description: 'Accept unsigned callbacks, which anyone could have sent. Required for an app without tokens.',
    }),
    rest: Type.Optional(RestSchema),
  },
  { additionalProperties: false },
)

/** The applications, at least one. */
export const AppsSchema = Type.Array(AppSchema, {
  minItems: 1,
  expected: 'a list of at least one app',
  description: 'The Tencent IM applications whose callbacks are accepted.',
})

/** One of `apps` as written. */
export interface AppInput {
  sdkAppId: number | string
  tokens?: string[]
  signatureWindow?: DurationInput
  unsigned?: boolean | string
  rest?: { region?: Region; baseUrl?: string; identifier: string; secretKey: string }
}
