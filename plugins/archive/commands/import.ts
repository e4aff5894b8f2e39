import { readFile } from 'node:fs/promises'
import { CommandError, defineCommand, type Rest, RestError, Type } from 'timhook/plugin'
import { historyFacts } from '../callbacks/history.ts'
import type { Engine } from '../database/engine.ts'
import { options, type Options } from '../options.ts'
import { applyFacts } from '../write/apply.ts'
import { appOf, TIME, timeOf, withArchive } from './given.ts'
import { download, HistoryFileError, messagesIn } from './history-file.ts'

const HOUR_MS = 3_600_000
const DAY_MS = 24 * HOUR_MS
/** Tencent's hours are in Beijing time. */
const BEIJING_MS = 8 * HOUR_MS
/** How long Tencent keeps the files, and about how long it takes to make one. */
const KEPT_MS = 7 * DAY_MS
const MESSAGES_AT_A_TIME = 500

const given = Type.Object({
  since: Type.String({ default: '7d', description: `From this hour on: ${TIME}; Tencent keeps 7 days` }),
  until: Type.Optional(Type.String({ description: 'Before this hour; default: now' })),
  chat: Type.Enum(['all', 'c2c', 'group'], { default: 'all', description: 'Which messages' }),
  app: Type.Optional(Type.Integer({ minimum: 1, description: 'SdkAppid, if there are several' })),
  file: Type.Optional(
    Type.String({
      minLength: 1,
      description: 'A history file that was downloaded before, gzipped or not; needs --chat',
    }),
  ),
})

/** `timhook archive import`: imports Tencent's history files of the last 7 days (intl 34885). */
export const importMessages = defineCommand(
  {
    description: "archive the messages of the last 7 days from Tencent's history files",
    options: given,
    async run({ given, options, apps, rest, print, signal }) {
      const app = appOf(given.app, apps)
      const kinds = given.chat === 'all' ? (['c2c', 'group'] as const) : [given.chat]
      if (given.file !== undefined && given.chat === 'all') {
        throw new CommandError('a file holds one kind of messages', {
          hint: 'Say which with --chat c2c or --chat group.',
        })
      }
      const done = { files: 0, messages: 0, hours: 0 }
      await withArchive(options, async (engine) => {
        if (given.file !== undefined) {
          const [chat = 'group'] = kinds
          done.messages = await archiveFile(engine, options, { app, chat, bytes: await bytesOf(given.file) })
          done.files = 1
          return
        }
        for (const hour of hoursOf(timeOf('--since', given.since) ?? 0, timeOf('--until', given.until) ?? Date.now())) {
          for (const chat of kinds) {
            for (const url of await filesOf(rest(app), chat, hour, signal)) {
              done.messages += await archiveFile(engine, options, { app, chat, bytes: await download(url, signal) })
              done.files++
            }
          }
          done.hours++
        }
      }).catch((error: unknown) => {
        if (error instanceof HistoryFileError) throw new CommandError(error.message)
        throw error
      })
      const hours = given.file === undefined ? ` for ${done.hours} hours` : ''
      print(
        done,
        `${done.messages} messages of ${done.files} files${hours}; those that were already archived did not change`,
      )
    },
  },
  options,
)

/** The hours for which Tencent still has files, as it writes them: `2015120121`. */
function hoursOf(since: number, until: number): string[] {
  const hours: string[] = []
  for (let at = Math.max(since, Date.now() - KEPT_MS); at < until; at += HOUR_MS) {
    hours.push(new Date(at + BEIJING_MS).toISOString().slice(0, 13).replaceAll(/[-T]/g, ''))
  }
  return hours
}

async function filesOf(rest: Rest, chat: 'c2c' | 'group', hour: string, signal: AbortSignal): Promise<string[]> {
  try {
    const { File } = await rest.getHistory({ ChatType: chat === 'c2c' ? 'C2C' : 'Group', MsgTime: hour }, { signal })
    return File.map(({ URL }) => URL)
  } catch (error) {
    if (error instanceof RestError) throw new CommandError(`hour ${hour}: ${error.message}`, { hint: error.hint })
    throw error
  }
}

async function bytesOf(path: string): Promise<Buffer> {
  try {
    return await readFile(path)
  } catch (error) {
    throw new CommandError(`${path} cannot be read: ${String((error as { code?: unknown }).code)}`)
  }
}

async function archiveFile(
  engine: Engine,
  { onRecall }: Options,
  { app, chat, bytes }: { app: number; chat: 'c2c' | 'group'; bytes: Buffer },
): Promise<number> {
  const messages = messagesIn(bytes)
  const now = Date.now()
  for (let from = 0; from < messages.length; from += MESSAGES_AT_A_TIME) {
    const some = messages.slice(from, from + MESSAGES_AT_A_TIME)
    await applyFacts(
      engine,
      some.flatMap((message) => historyFacts(app, chat, message, now)),
      onRecall,
    )
  }
  return messages.length
}
