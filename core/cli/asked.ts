import { TimhookError } from '../errors.ts'
import type { Outcome } from './ask.ts'
import { print } from './output.ts'
import { jsonLine } from './printable.ts'

/** Says what came of what was asked for. @throws TimhookError REQUEST_UNANSWERED where a server runs and says nothing */
export async function tellOutcome(done: string, outcome: Outcome, json: boolean): Promise<void> {
  const { asked, answered, served } = outcome
  await print(json ? jsonLine({ done, ...outcome }) : `${textOf(done, outcome)}\n`)
  if (!served || answered === asked) return
  throw new TimhookError('REQUEST_UNANSWERED', `the server has not answered for ${asked - answered} of ${asked} yet`, {
    hint: 'It does what it is asked for as soon as it can. See whether it is well: its log and /readyz tell.',
  })
}

function textOf(done: string, { asked, answered, count, waiting, gone, foreign, served }: Outcome): string {
  const later = served ? '' : `; no server runs: ${asked - answered} will be done at its next start`
  const left = [
    [waiting, 'which the plugin will get anyway'],
    [gone, 'which are not stored any more'],
    [foreign, 'whose plugin is not in the config of the server'],
  ] as const
  const but = left.filter(([number]) => number > 0).map(([number, why]) => `; not ${number} ${why}`)
  return `${done} ${count}${but.join('')}${answered === asked ? '' : later}`
}
