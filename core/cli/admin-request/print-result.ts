import type { AdminResult, AdminRequest, RefOutcome } from '../../delivery/history.ts'
import { TimhookError } from '../../errors.ts'
import type { RequestTotals } from './send-request.ts'
import { print } from '../output/output.ts'
import { columns, jsonLine } from '../output/terminal-escape.ts'

type Done = 'retried' | 'dropped' | 'replayed'

/** The callback that a ref names. */
export interface Named {
  readonly ref: string
  readonly id: string
  readonly command: string
  readonly plugin: string
}

const WIDTHS = [6, 22, 30, 16]
const DONE = { retried: 'will be tried again', replayed: 'will be delivered again', dropped: 'dropped' } as const
const PENDING = { retried: 'to be tried again', replayed: 'to be delivered again', dropped: 'to be dropped' } as const
const SKIPPED: Record<Exclude<RefOutcome, 'count'>, string> = {
  waiting: 'left: the plugin will get it anyway',
  gone: 'left: no longer stored',
  foreign: 'left: its plugin is not in the config of the server',
}

/** Creates a function that prints the result of each ref. @param find returns what a ref names */
export function printEach(done: Done, find: (ref: string) => Named | undefined, json: boolean) {
  return async (request: AdminRequest, answer: AdminResult | undefined, isServed: boolean): Promise<void> => {
    for (const [index, ref] of request.refs.entries()) {
      const { id = '', command = '', plugin = '' } = find(ref) ?? {}
      const outcome = answer?.outcomes[index]
      if (json)
        await print(jsonLine({ ref, id, command, plugin, outcome: outcome === 'count' ? done : (outcome ?? 'asked') }))
      else await print(columns([ref, id, command, plugin, resultText(done, outcome, isServed)], WIDTHS))
    }
  }
}

function resultText(done: Done, outcome: RefOutcome | undefined, isServed: boolean): string {
  if (outcome === undefined)
    return `${PENDING[done]} ${isServed ? 'as soon as the server gets to it' : 'when a server starts'}`
  return outcome === 'count' ? DONE[done] : SKIPPED[outcome]
}

/** Prints the totals. @throws TimhookError REQUEST_UNANSWERED if a server runs and does not answer */
export async function printTotals(done: Done, totals: RequestTotals, json: boolean): Promise<void> {
  const { asked, answered, served } = totals
  await print(json ? jsonLine({ done, ...totals }) : `${textOf(done, totals)}\n`)
  if (!served || answered === asked) return
  throw new TimhookError('REQUEST_UNANSWERED', `the server has not answered for ${asked - answered} of ${asked} yet`, {
    hint: 'It handles the rest as soon as it can. Its log and /readyz show whether it is healthy.',
  })
}

function textOf(done: Done, { asked, answered, count, waiting, gone, foreign, served }: RequestTotals): string {
  const later = served ? '' : `; no server runs: ${asked - answered} will be done at its next start`
  const left = [
    [waiting, 'which the plugin will get anyway'],
    [gone, 'which are no longer stored'],
    [foreign, 'whose plugin is not in the config of the server'],
  ] as const
  const but = left.filter(([number]) => number > 0).map(([number, why]) => `; not ${number} ${why}`)
  const through = done === 'retried' ? `${count} will be tried again` : `${done} ${count}`
  return `${through}${but.join('')}${answered === asked ? '' : later}`
}
