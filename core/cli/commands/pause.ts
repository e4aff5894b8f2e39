import { prepare } from '../../runtime.ts'
import type { AdminRequest, AdminResult } from '../../delivery/history.ts'
import { openHistory } from '../../delivery/engines/open-history.ts'
import { TimhookError } from '../../errors.ts'
import { suggestion } from '../../lib/suggest.ts'
import { sendRequests } from '../admin-request/send-request.ts'
import { readChosenConfig } from '../input/config.ts'
import { abortOnSigint, exitOnClosedPipe, print, printProgress } from '../output/output.ts'
import { jsonLine } from '../output/terminal-escape.ts'
import { localTime } from '../output/times.ts'

export interface PauseOptions {
  config?: string
  /** Milliseconds. */
  for?: number
  json?: boolean
}

/** `timhook pause PLUGIN [--for 1h]`: its after-callbacks wait. Before-callbacks are decided as usual. */
export async function pause(plugin: string, options: PauseOptions): Promise<void> {
  const until = options.for === undefined ? undefined : Date.now() + options.for
  const request: AdminRequest = { kind: 'pause', refs: [plugin], reason: 'timhook pause', until }
  const end = until === undefined ? '' : ` until ${localTime(until)}`
  await send(plugin, request, options, {
    done: `${plugin} is paused${end}: its after-callbacks wait, before-callbacks are decided as usual`,
    already: `${plugin} is already paused`,
    later: `no server runs: ${plugin} will be paused${end} when one starts`,
  })
}

/** `timhook resume PLUGIN`: it gets the callbacks that wait, in order. */
export async function resume(plugin: string, options: PauseOptions): Promise<void> {
  await send(plugin, { kind: 'resume', refs: [plugin] }, options, {
    done: `${plugin} gets its callbacks again`,
    already: `${plugin} was not on hold`,
    later: `no server runs: ${plugin} will get its callbacks when one starts`,
  })
}

async function send(
  plugin: string,
  request: AdminRequest,
  { config: file, json }: PauseOptions,
  texts: { readonly done: string; readonly already: string; readonly later: string },
): Promise<void> {
  exitOnClosedPipe()
  const { config, plugins } = await prepare(await readChosenConfig(file))
  const ids = plugins.map(({ id }) => id)
  if (!ids.includes(plugin)) {
    throw new TimhookError('USAGE', `${plugin}: not in the config${suggestion(plugin, ids)}`, {
      hint: ids.length > 0 ? `Plugins of the config: ${ids.join(', ')}.` : 'The config has no plugins.',
    })
  }
  const history = await openHistory(config.delivery, { onWaiting: printProgress })
  try {
    let answer: AdminResult | undefined
    const onResult = async (_: AdminRequest, result: AdminResult | undefined): Promise<void> => void (answer = result)
    const { served } = await sendRequests(history, once(request), { total: 1, signal: abortOnSigint(), onResult })
    const outcome = answer?.outcomes[0]
    if (outcome === undefined && served) {
      throw new TimhookError('REQUEST_UNANSWERED', 'the server has not answered yet', {
        hint: 'It will do it as soon as it can. Its log and /readyz show whether it is healthy.',
      })
    }
    if (outcome === 'foreign') {
      throw new TimhookError('USAGE', `${plugin}: not in the config of the running server`, {
        hint: 'Restart the server, or name the config that it runs with by --config.',
      })
    }
    if (json) await print(jsonLine({ plugin, asked: request.kind, changed: outcome === 'count', served }))
    else await print(`${outcome === undefined ? texts.later : outcome === 'count' ? texts.done : texts.already}\n`)
  } finally {
    await history.close()
  }
}

async function* once(request: AdminRequest): AsyncGenerator<AdminRequest> {
  yield request
}
