import { type Failure, NO_CODE } from './formats.ts'
import type { Format, Options } from './options.ts'

const KEYWORD = 'allow the keyword timhook, or write one of its keywords in `template` and `events`'

/** What to do about the usual codes, from the documents that `formats.ts` names. */
const hints: Readonly<Record<Format, Readonly<Record<string, string>>>> = {
  wecom: { 93000: 'The key in `url` is wrong, or the robot was removed: copy its address again.' },
  dingtalk: {
    300001: 'The access_token in `url` is wrong, or the robot was removed: copy its address again.',
    310000: `Its security settings refuse this. For a signature give its SEC… as \`signingSecret\`; for a keyword, ${KEYWORD}; or let this server's address in.`,
  },
  feishu: {
    19001: '`url` is wrong, or the bot was removed: copy its address again.',
    19021: "Give the secret of the bot's signature verification as `signingSecret`, and look at this server's clock.",
    19022: "Let this server's address in, in the security settings of the bot.",
    19024: `By its security settings the bot wants a keyword: ${KEYWORD}.`,
  },
  slack: {
    'HTTP 403': 'The webhook was revoked, or may not post there: make a new incoming webhook.',
    'HTTP 404': '`url` is wrong, or the webhook was removed: copy its address again.',
    'HTTP 410': 'The channel is archived: make a new incoming webhook.',
  },
  json: {
    'HTTP 401': 'Look at `signingSecret`: it has to be the base64 that the receiver has too.',
    'HTTP 403': 'Look at `signingSecret`: it has to be the base64 that the receiver has too.',
  },
}

/** What to do about a failure; empty if its text is enough. */
export function hintFor(outcome: Failure, { format }: Pick<Options, 'format'>): string {
  const { code, waitMs } = outcome
  if (code === NO_CODE) return `That is no answer of ${format}: look at \`url\` and \`format\`.`
  if (waitMs !== undefined) return `It got too many messages, and takes them again in ${Math.ceil(waitMs / 1000)} s.`
  return hints[format][code] ?? ''
}
