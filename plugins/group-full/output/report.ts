import { defineCommand, type Store, Type } from 'timhook/plugin'
import type { RecordedFull } from '../report/event.ts'
import { options } from '../options.ts'
import { hashOf, type RunRecord } from '../report/record.ts'
import { formatRun } from './format-run.ts'

/** How many of the newest records are searched. */
export const MAX_SEARCHED = 2000

const given = Type.Object({
  group: Type.Optional(Type.String({ minLength: 1, description: 'Only runs in this group' })),
  account: Type.Optional(
    Type.String({ minLength: 1, description: 'Only runs that requested the removal of this account' }),
  ),
  limit: Type.Integer({ default: 10, minimum: 1, maximum: MAX_SEARCHED, description: 'The most records to show' }),
  reports: Type.Boolean({ default: false, description: 'Show the reports of full groups instead of the runs' }),
})

/** `timhook group-full report`: prints the latest runs, newest first. */
export const report = defineCommand(
  {
    description:
      'show the latest runs, newest first: the outcome, which rules protected how many members, and who was chosen and why',
    options: given,
    async run({ given, store, print, table }) {
      const { group, account, limit, reports } = given
      const all = await store.records(reports ? 'full' : 'run', { limit: MAX_SEARCHED })
      const shown = all
        .map(({ data }) => data as RunRecord | RecordedFull)
        .filter((record) => group === undefined || record.group === group)
        .filter((record) => account === undefined || concerns(record, account))
        .slice(0, limit)
      if (shown.length === 0)
        return print([], `nothing has been recorded yet${reports ? '' : await aboutReports(store)}`)
      const runs = shown.filter((record) => 'run' in record)
      const rows = shown.filter((record) => 'fate' in record).map(rowOf)
      print(shown, reports ? table(rows) : runs.map((run) => formatRun(run, table)).join('\n'))
    },
  },
  options,
)

/** Whether a run requested the removal of an account. */
export function concerns(record: RunRecord | RecordedFull, account: string): boolean {
  return (
    'run' in record && (record.requested.includes(account) || record.requested.includes(hashOf(record.app, account)))
  )
}

async function aboutReports(store: Store): Promise<string> {
  const [newest] = await store.records('full', { limit: 1 })
  return newest ? ' of runs; --reports shows the reports of full groups' : ''
}

function rowOf({ receivedAt, app, group, fate, platform, signed }: RecordedFull): Record<string, unknown> {
  return { received: new Date(receivedAt).toISOString(), app, group, fate, platform: platform ?? '', signed }
}
