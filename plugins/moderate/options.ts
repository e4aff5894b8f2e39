import { Duration, Type } from 'timhook/plugin'
import { unknownNames } from './services/template.ts'
import { MEDIA } from './services/service.ts'

const Url = (description: string, more: object = {}) =>
  Type.String({
    pattern: '^https?://[^\\s]+$',
    expected: 'a URL that begins with http:// or https://',
    description,
    ...more,
  })
const Secret = (description: string) => Type.String({ minLength: 1, secret: true, description })
const Failure = (description: string, more: object = {}) =>
  Type.Enum(['allow', 'reject', 'drop'], { description, ...more })
const Values = Type.Array(Type.String(), { default: [] })
const strict = { additionalProperties: false }

const Tms = Type.Object(
  {
    secretId: Secret('SecretId of an account that may call TextModeration, and ImageModeration for images'),
    secretKey: Secret('Its SecretKey'),
    region: Type.String({ default: 'ap-guangzhou', minLength: 1, description: 'Region of the service' }),
    bizType: Type.Optional(Type.String({ pattern: '^\\w{3,32}$', description: 'Number of the policy in the console' })),
    url: Url('Where texts are judged; tms.intl.tencentcloudapi.com for accounts of the international site', {
      default: 'https://tms.tencentcloudapi.com',
    }),
    imageUrl: Url('Where images are judged', { default: 'https://ims.tencentcloudapi.com' }),
  },
  { ...strict, description: "Tencent Cloud's text and image moderation" },
)

const OpenAi = Type.Object(
  {
    url: Url('What comes before /moderations and /chat/completions', { default: 'https://api.openai.com/v1' }),
    apiKey: Type.Optional(Secret('Sent as Authorization: Bearer')),
    endpoint: Type.Enum(['moderations', 'chat'], {
      default: 'moderations',
      description: 'moderations: a model made for it; chat: any model, by `policy`',
    }),
    model: Type.Optional(Type.String({ minLength: 1, description: 'Name of the model; needed for chat' })),
    policy: Type.String({
      default:
        'Block pornography, threats, incitement and fraud. Review insults and advertising. Pass everything else.',
      description: 'For chat: what to block and review, in plain words',
    }),
    blockAt: Type.Optional(
      Type.Number({
        minimum: 0,
        maximum: 1,
        description: 'For moderations: block from this score on, instead of by `flagged`',
      }),
    ),
    reviewAt: Type.Optional(
      Type.Number({ minimum: 0, maximum: 1, description: 'For moderations: review from this score on' }),
    ),
    request: Type.Record(Type.String(), Type.Unknown(), {
      default: {},
      description: 'Further fields of the request, such as temperature',
    }),
  },
  { ...strict, description: "An endpoint with OpenAI's API" },
)

const Http = Type.Object(
  {
    url: Url('Where the request is posted', { secret: true }),
    headers: Type.Record(Type.String(), Type.String({ secret: true }), {
      default: {},
      description: 'Further headers, such as Authorization',
    }),
    body: Type.Record(Type.String(), Type.Unknown(), {
      description: 'The request, as JSON. {{text}}, {{url}}, {{kind}}, {{app}}, {{account}} and {{group}} are replaced',
    }),
    verdict: Type.String({
      minLength: 1,
      description: 'Path of the verdict in the answer: data.suggestion, results.0.level; * is every element',
    }),
    values: Type.Object(
      { pass: Values, review: Values, block: Values },
      { ...strict, description: 'What the verdicts mean; any other verdict is a failure' },
    ),
    label: Type.Optional(Type.String({ minLength: 1, description: 'Path of the reason in the answer' })),
  },
  { ...strict, description: 'Any other service that accepts and returns JSON' },
)

const services = { tms: Type.Optional(Tms), openai: Type.Optional(OpenAi), http: Type.Optional(Http) }

// The ranges of codes that reach the sender with their text (intl 34364, 34374, 60803).
const MessageCode = Type.Integer({ minimum: 120001, maximum: 130000, default: 120001 })
const GroupCode = Type.Integer({ minimum: 10100, maximum: 10200, default: 10100 })

/** The `options` in the config. */
export const options = Type.Object(
  {
    ...services,
    timeoutMs: Duration({ default: 800, min: 1, description: 'How long the service may take for one message' }),
    onFailure: Failure('What to do with a message that the service did not judge', { default: 'allow' }),
    apps: Type.Record(Type.String(), Type.Object({ onFailure: Failure('onFailure of this app') }, strict), {
      default: {},
      description: 'What differs for one app, by its SdkAppid',
    }),
    actions: Type.Object(
      {
        review: Failure('What to do with a message at the level review', { default: 'allow' }),
        block: Failure('And at the level block; allow only reports it', { default: 'reject' }),
      },
      { ...strict, default: {}, description: 'Levels to verdicts' },
    ),
    perMinute: Type.Integer({
      default: 6000,
      minimum: 1,
      description: 'The most questions to the service per minute; any more count as failures',
    }),
    cache: Type.Object(
      {
        entries: Type.Integer({ default: 10_000, minimum: 0, description: 'How many answers are kept; 0 for none' }),
        ttl: Duration({ default: 600_000, min: 1, description: 'For how long' }),
      },
      { ...strict, default: {}, description: 'Answers for equal texts, stored by hash' },
    ),
    media: Type.Optional(
      Type.Object(
        {
          kinds: Type.Array(Type.Enum([...MEDIA]), { default: ['image'], description: 'What to judge after sending' }),
          timeoutMs: Duration({ default: 10_000, min: 1, max: 25_000, description: 'How long the service may take' }),
          ...services,
        },
        {
          ...strict,
          description:
            'Images and files, by their URL, after sending; recalled if blocked. By a separate service, if named',
        },
      ),
    ),
    caseText: Type.Boolean({
      default: false,
      description: 'Whether cases (events and records) contain the text or URL; they never go into the log',
    }),
    codes: Type.Object(
      { c2c: MessageCode, group: GroupCode, officialAccount: MessageCode },
      { default: {}, description: 'ErrorCode of a rejection, by where the message was going' },
    ),
    info: Type.String({
      default: 'The message was not sent: its content is not allowed.',
      description: 'ErrorInfo of a rejection, which the sender gets',
    }),
  },
  strict,
)

export type Options = Type.StaticDecode<typeof options>
export type TmsOptions = NonNullable<Options['tms']>
export type OpenAiOptions = NonNullable<Options['openai']>
export type HttpOptions = NonNullable<Options['http']>
/** The options that name a service. */
export type ServiceOptions = Pick<Options, 'tms' | 'openai' | 'http'>

/** The names of the given services. */
export function given({ tms, openai, http }: ServiceOptions): string[] {
  return Object.entries({ tms, openai, http }).flatMap(([name, value]) => (value ? [name] : []))
}

/** Checks what the schema cannot check. */
export function checkOptions(checked: Options): void {
  if (given(checked).length !== 1) throw new Error('options: expected one of tms, openai and http')
  const { media } = checked
  if (media && given(media).length > 1) throw new Error('options.media: expected at most one of tms, openai and http')
  checkService(checked, 'options')
  if (!media) return
  checkService(media, 'options.media')
  const asked = given(media).length > 0 ? media : checked
  const beyond = media.kinds.find((kind) => !asked.http && kind !== 'image')
  if (beyond !== undefined)
    throw new Error(`options.media.kinds: ${given(asked).join('')} judges images only; for ${beyond} name http there`)
}

function checkService({ openai, http }: ServiceOptions, at: string): void {
  if (openai?.endpoint === 'chat' && openai.model === undefined)
    throw new Error(`${at}.openai.model: expected the name of a model, since endpoint is chat`)
  if (!http) return
  const [unknown] = unknownNames(http.body)
  if (unknown !== undefined) throw new Error(`${at}.http.body: {{${unknown}}} does not exist`)
  if (http.values.pass.length === 0)
    throw new Error(`${at}.http.values.pass: expected the verdicts that let a message pass`)
}
