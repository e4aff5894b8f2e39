import { Duration, Type } from 'timhook/plugin'

const Url = (description: string, more: object = {}) =>
  Type.String({
    pattern: '^https?://[^\\s]+$',
    expected: 'a URL that begins with http:// or https://',
    description,
    ...more,
  })
const Secret = (description: string) => Type.Optional(Type.String({ minLength: 1, secret: true, description }))
const Said = (text: string, description: string) => Type.String({ default: text, maxLength: 2000, description })
const strict = { additionalProperties: false }

/** The `options` in the config. */
export const options = Type.Object(
  {
    account: Type.String({ minLength: 1, description: 'The account that answers; @RBT#… is a chatbot of Tencent' }),
    url: Url('What comes before /chat/completions', { default: 'https://api.openai.com/v1' }),
    apiKey: Secret('Sent as Authorization: Bearer'),
    model: Type.String({ minLength: 1, description: 'Name of the model' }),
    system: Type.String({
      default: 'You are a helpful assistant in a chat. Answer briefly, in the language of the question.',
      description: 'Instructions for the model',
    }),
    request: Type.Record(Type.String(), Type.Unknown(), {
      default: {},
      description: 'Further fields of the request, such as temperature',
    }),
    timeout: Duration({ default: 60_000, min: 1, description: 'How long an answer may take' }),
    groups: Type.Boolean({ default: true, description: 'Whether it answers in groups, where it is mentioned' }),
    show: Type.Enum(['whole', 'stream', 'edit'], {
      default: 'whole',
      description:
        'whole: when it is finished; stream: while it grows, to one account, by a chatbot (@RBT#…); edit: by changing the message',
    }),
    piece: Type.Integer({
      default: 80,
      minimum: 1,
      description: 'How many characters are shown at a time while an answer grows',
    }),
    memory: Type.Object(
      {
        messages: Type.Integer({
          default: 20,
          minimum: 0,
          maximum: 200,
          description: 'The newest messages that are kept',
        }),
        characters: Type.Integer({
          default: 8000,
          minimum: 0,
          maximum: 100_000,
          description: 'And of how many characters',
        }),
        age: Duration({ default: 86_400_000, min: 1, description: 'Forgotten after this much silence' }),
      },
      { ...strict, default: {}, description: 'What is kept of a conversation for the model' },
    ),
    limits: Type.Object(
      {
        account: Type.Integer({ default: 100, minimum: 1, description: 'Answers to one account a day (UTC)' }),
        total: Type.Integer({ default: 10_000, minimum: 1, description: 'Answers to all accounts of an app a day' }),
      },
      { ...strict, default: {}, description: 'The most answers' },
    ),
    loop: Type.Object(
      {
        quick: Duration({ default: 2000, description: 'A reply sooner than this after an answer counts as quick' }),
        turns: Type.Integer({
          default: 3,
          minimum: 1,
          description: 'After this many quick replies in a row there is no answer',
        }),
        pause: Duration({ default: 600_000, min: 1, description: 'For how long' }),
      },
      { ...strict, default: {}, description: 'Guard against other bots, which answer at once' },
    ),
    ignore: Type.Array(Type.String(), {
      default: [],
      description: 'Accounts that get no answer, such as other bots; * stands for any text. Chatbots (@RBT#…) never do',
    }),
    maxAge: Duration({ default: 300_000, min: 1, description: 'Older messages get no answer, after an outage' }),
    moderation: Type.Optional(
      Type.Object(
        {
          url: Url('What comes before /moderations', { default: 'https://api.openai.com/v1' }),
          apiKey: Secret('Sent as Authorization: Bearer'),
          model: Type.Optional(Type.String({ minLength: 1, description: 'Name of the model' })),
          onFailure: Type.Enum(['withhold', 'send'], {
            default: 'withhold',
            description: 'What to do with an answer that could not be judged',
          }),
        },
        { ...strict, description: "Judges each answer before it is shown, with OpenAI's /moderations" },
      ),
    ),
    say: Type.Object(
      {
        limit: Said('', 'Said once a day to an account that has used up its answers'),
        failed: Said('', 'Said when the model has failed for good'),
        withheld: Said('I cannot answer that.', 'Said instead of an answer that moderation has blocked'),
      },
      { ...strict, default: {}, description: 'Its fixed sentences; empty for none' },
    ),
  },
  strict,
)

export type Options = Type.StaticDecode<typeof options>

export const CHATBOT = '@RBT#'

/** Checks what the schema cannot check. */
export function checkOptions({ account, show }: Options): void {
  if (show === 'stream' && !account.startsWith(CHATBOT))
    throw new Error(`options.show: only a chatbot, whose account begins with ${CHATBOT}, can stream; take edit`)
}
