import { defineCommand, Type } from 'timhook/plugin'
import { options } from '../options.ts'
import { toPublic } from '../rows/row.ts'
import { searchMessages } from './find.ts'
import { wantedOf, whichMessages, withArchive } from './given.ts'

const MAX = 10_000

const given = Type.Object({
  text: Type.String({ minLength: 1, description: 'Words that must all be in the message, in any order' }),
  ...whichMessages,
  limit: Type.Integer({ default: 50, minimum: 1, maximum: MAX, description: 'How many at most' }),
})

/** `timhook archive search TEXT`: the newest messages that have all words. */
export const search = defineCommand(
  {
    description: 'find messages by their words, newest first; Chinese, Japanese and Korean by any part of a sentence',
    options: given,
    positional: ['text'],
    view: true,
    run: ({ given, options }) =>
      withArchive(options, async (engine) => {
        const rows = await searchMessages(engine, { ...wantedOf(given), text: given.text, limit: given.limit })
        return rows.map(toPublic).map(({ sentAt, group, topic, from, to, msgSeq, msgKey, text }) => ({
          sentAt,
          group: topic ?? group ?? '',
          from,
          to: to ?? '',
          message: msgKey ?? msgSeq,
          text,
        }))
      }),
  },
  options,
)
