import { once } from 'node:events'
import { createWriteStream } from 'node:fs'
import { finished } from 'node:stream/promises'
import { CommandError, defineCommand, Type } from 'timhook/plugin'
import { options } from '../options.ts'
import { toPublic } from '../rows/row.ts'
import { csvHead, csvLine } from './csv.ts'
import { readMessages } from './find.ts'
import { wantedOf, whichMessages, withArchive } from './given.ts'

const given = Type.Object({
  ...whichMessages,
  format: Type.Enum(['jsonl', 'csv'], { default: 'jsonl', description: 'JSON Lines or CSV' }),
  out: Type.Optional(Type.String({ minLength: 1, description: 'Write to this file, which must not exist yet' })),
})

/** `timhook archive export`: writes messages in the order of their times. */
export const exportMessages = defineCommand(
  {
    description: 'write messages as JSON Lines or CSV, oldest first, to standard output or a file',
    options: given,
    async run({ given, options, print, json, signal }) {
      const { format, out } = given
      const wanted = wantedOf(given)
      await withArchive(options, async (engine) => {
        if (json && out === undefined) {
          const all = []
          for await (const rows of readMessages(engine, wanted)) all.push(...rows.map(toPublic))
          return print(all, '')
        }
        const target = out === undefined ? process.stdout : await newFile(out)
        let count = 0
        const write = async (text: string): Promise<void> => {
          if (!target.write(text)) await once(target, 'drain', { signal })
        }
        if (format === 'csv') await write(csvHead)
        for await (const rows of readMessages(engine, wanted)) {
          const lines = rows.map(toPublic).map((row) => (format === 'csv' ? csvLine(row) : `${JSON.stringify(row)}\n`))
          await write(lines.join(''))
          count += rows.length
        }
        if (out === undefined) return
        target.end()
        await finished(target)
        print({ messages: count, file: out }, `${count} messages written to ${out}`)
      })
    },
  },
  options,
)

/** Only this user may read the messages. */
async function newFile(path: string): Promise<NodeJS.WritableStream> {
  const stream = createWriteStream(path, { flags: 'wx', mode: 0o600 })
  try {
    await once(stream, 'open')
  } catch (error) {
    throw new CommandError(`${path} cannot be written: ${String((error as { code?: unknown }).code)}`)
  }
  return stream
}
