import { openHistory } from '../../delivery/engines/open-history.ts'
import type { EngineSettings } from '../../delivery/engines/open-engine.ts'
import { TimhookError } from '../../errors.ts'
import type { Reads } from '../reads.ts'
import { createReads } from './create-reads.ts'
import type { FromReader, ReadRequest, ToReader } from './process-messages.ts'

// The process beside a server that reads the store for the admin page. It ends with the server, and not by the signals
// that a terminal or a supervisor sends to all.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => undefined)
process.once('disconnect', () => process.exit(0))

let settings: EngineSettings | undefined
let opened: Promise<Reads> | undefined

process.on('message', (message: ToReader) => {
  if ('settings' in message) settings = message.settings
  else void answer(message)
})

/** Opens the store once it can be opened. */
async function reads(): Promise<Reads> {
  if (!settings) throw new Error('no settings came')
  opened ??= openHistory(settings).then(createReads)
  try {
    return await opened
  } catch (error) {
    opened = undefined
    throw error
  }
}

async function answer({ number, name, args }: ReadRequest): Promise<void> {
  try {
    const from = await reads()
    const read = from[name] as (...args: readonly unknown[]) => Promise<unknown>
    send({ number, result: await read(...args) })
  } catch (error) {
    const { message } = error as Error
    send({
      number,
      fault: error instanceof TimhookError ? { message, code: error.code, hint: error.hint } : { message },
    })
  }
}

function send(message: FromReader): void {
  if (process.connected) process.send?.(message)
}
