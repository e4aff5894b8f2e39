import type { CommandContext } from '../plugin.ts'
import type { OpenLink } from './link.ts'
import { Services } from './services.ts'
import type { CommandResult, LoadRequest } from './wire/messages.ts'

/**
 * Runs a view of a plugin in a thread or process that ends with it, with the given store. A view that hangs delays no
 * callback, and is ended by its signal. So a process that does not run the plugin can show its views, such as the first
 * one of `--workers`.
 */
export async function runView(
  open: OpenLink,
  request: LoadRequest,
  name: string,
  { given, json, apps, store, rest, print, signal }: CommandContext,
): Promise<unknown> {
  signal.throwIfAborted()
  const services = new Services({ store, rest })
  const link = open(
    (message, from) => {
      if (message.kind === 'ask') void from.reply(message.n, () => services.answer(message.n, message.asked))
      else if (message.kind === 'cancel') services.cancel(message.n)
    },
    () => undefined,
  )
  const end = (): void => {
    services.end()
    link.kill('is no longer needed')
  }
  signal.addEventListener('abort', end, { once: true })
  try {
    await link.send('load', request).result
    const { rows, printed } = (await link.send('command', { name, given, json, apps }).result) as CommandResult
    if (printed !== '') print(undefined, printed)
    return rows
  } finally {
    signal.removeEventListener('abort', end)
    end()
  }
}
