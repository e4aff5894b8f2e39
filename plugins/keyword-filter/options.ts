import { Type } from 'timhook/plugin'

// The ranges of codes that reach the sender with their text (intl 34364, 34374, 60803).
const MessageCode = Type.Integer({ minimum: 120001, maximum: 130000, default: 120001 })
const GroupCode = Type.Integer({ minimum: 10100, maximum: 10200, default: 10100 })

/** The `options` in the config. */
export const options = Type.Object({
  words: Type.Array(Type.String(), {
    default: [],
    description: 'Words; * stands for up to `gap` characters, ? for one, \\*, \\? and \\\\ for themselves',
  }),
  file: Type.Optional(
    Type.String({
      minLength: 1,
      description:
        'File with more words: UTF-8, one a line, # starts a comment line; relative to the working directory',
    }),
  ),
  action: Type.Enum(['mask', 'reject', 'drop'], {
    default: 'mask',
    description:
      'mask: send it with the words masked; reject: refuse it; drop: the sender sees success, nobody gets it',
  }),
  mask: Type.String({
    default: '*',
    minLength: 1,
    maxLength: 16,
    description: 'The one character that each character of a word is replaced by',
  }),
  caseSensitive: Type.Boolean({ default: false, description: 'Whether upper and lower case differ' }),
  wholeWords: Type.Boolean({
    default: false,
    description: 'Whether a word must not be part of a longer one, in scripts that put spaces between words',
  }),
  gap: Type.Integer({
    default: 20,
    minimum: 0,
    maximum: 1000,
    description: 'How many characters a * within a word stands for at most',
  }),
  codes: Type.Object(
    { c2c: MessageCode, group: GroupCode, officialAccount: MessageCode },
    { default: {}, description: 'ErrorCode of a rejection, by where the message was to go' },
  ),
  info: Type.String({
    default: 'The message contains words that are not allowed.',
    description: 'ErrorInfo of a rejection, which the sender gets',
  }),
})

/** The options that the plugin gets: checked, with defaults. */
export type Options = Type.Static<typeof options>
