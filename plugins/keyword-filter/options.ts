import { Type } from 'timhook/plugin'

// The ranges of codes that reach the sender with their text (intl 34364, 34374, 60803).
const MessageCode = Type.Integer({ minimum: 120001, maximum: 130000, default: 120001 })
const GroupCode = Type.Integer({ minimum: 10100, maximum: 10200, default: 10100 })

const evasion = (description: string) => Type.Boolean({ default: false, description })

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
        'File with more words: UTF-8, one per line, # starts a comment line; relative to the working directory',
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
    description: 'The character that replaces each character of a word',
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
  separators: evasion('Ignore signs, spaces and line ends between the characters of a word: 微 信, c-a-s-i-n-o'),
  traditional: evasion('Treat traditional and simplified Chinese characters as the same: 賭博, 赌博'),
  confusables: evasion('Treat characters that look alike as the same: саsino with Cyrillic letters, càsino'),
  leet: evasion('Treat digits and signs as the letters that they stand for: c4sin0, $ex'),
  repeats: evasion('Treat a repeated character as one: casiiino, 微微微信'),
  pinyin: evasion(
    'Find Chinese words by their sound, and in pinyin: 薇芯 and weixin for 微信; finds many harmless words',
  ),
  codes: Type.Object(
    { c2c: MessageCode, group: GroupCode, officialAccount: MessageCode },
    { default: {}, description: 'ErrorCode of a rejection, by where the message was going' },
  ),
  info: Type.String({
    default: 'The message contains words that are not allowed.',
    description: 'ErrorInfo of a rejection, which the sender gets',
  }),
})

/** The options that the plugin gets: checked, with defaults. */
export type Options = Type.Static<typeof options>
