import { definePlugin, type AfterContext } from 'timhook/plugin'
import { openArchive, startArchive, type Archive } from './archive.ts'
import { commands as archived } from './callbacks/read-callback.ts'
import { exportMessages } from './commands/export.ts'
import { gaps } from './commands/gaps.ts'
import { importMessages } from './commands/import.ts'
import { search } from './commands/search.ts'
import { options, type Options } from './options.ts'
import { eraseAccount } from './write/retention.ts'

type Context = AfterContext<string, Record<string, unknown>, Options, Archive>

/** For a database that is slow. One that is away, or that hangs, holds the plugin long before. */
const PATIENCE_MS = 3_600_000

const handler = {
  handle: (context: Context) => context.state.write(context),
  // Callbacks that do not fit are archived, too.
  faulty: true as const,
  // Changes must not overtake their message, and nothing must overtake the end of a group.
  ordered: true,
  // They share a transaction that has room for 500.
  concurrency: 1000,
  timeoutMs: PATIENCE_MS,
}

/** Keeps every message in your own database, with its edits, recalls and read receipts. */
export default definePlugin({
  name: 'archive',
  description: 'Keeps every message in your own database, with edits, recalls and read receipts',
  options,
  metrics: {
    written: {
      type: 'counter',
      help: 'What the archive stored from callbacks: messages and their changes',
      labels: { type: ['message', 'edit', 'recall', 'extension', 'receipt', 'read', 'boundary', 'group'] },
    },
    transactions: { type: 'counter', help: 'Transactions that were committed' },
    failures: {
      type: 'counter',
      help: 'Transactions that failed: the database was down, in conflict, or refused a message',
      labels: { failure: ['unavailable', 'conflict', 'data'] },
    },
    expired: { type: 'counter', help: 'Messages that were deleted because of their age' },
  },
  setup: ({ options, log, signal, count }) => startArchive(options, { log, signal, count }),
  handlers: Object.fromEntries(archived.map((command) => [command, handler])),
  close: (archive) => archive.close(),
  commands: { export: exportMessages, search, import: importMessages, gaps },
  async erase({ app, account, options }) {
    const engine = await openArchive(options)
    try {
      return await eraseAccount(engine, app, account)
    } finally {
      await engine.db.destroy()
    }
  },
})
