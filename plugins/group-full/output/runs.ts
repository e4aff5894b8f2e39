import { defineCommand, Type, type ViewRows } from 'timhook/plugin'
import { options } from '../options.ts'
import type { RunRecord } from '../report/record.ts'
import { chosenRows, excludedText } from './format-run.ts'
import { concerns, MAX_SEARCHED } from './report.ts'

const given = Type.Object({
  group: Type.Optional(Type.String({ minLength: 1, description: 'Only runs in this group' })),
  account: Type.Optional(
    Type.String({ minLength: 1, description: 'Only runs that requested the removal of this account' }),
  ),
  limit: Type.Integer({ default: 50, minimum: 1, maximum: MAX_SEARCHED, description: 'The most runs to show' }),
})

/** `timhook group-full runs`, and a table on the page: the latest runs, one row for each member who was chosen. */
export const runs = defineCommand(
  {
    description: 'show the latest runs as a table, newest first: one row for each member who was chosen, and why',
    options: given,
    view: true,
    async run({ given, store }) {
      const { group, account, limit } = given
      const all = await store.records('run', { limit: MAX_SEARCHED })
      return all
        .map(({ data }) => data as RunRecord)
        .filter((run) => group === undefined || run.group === group)
        .filter((run) => account === undefined || concerns(run, account))
        .slice(0, limit)
        .flatMap(rowsOf)
    },
  },
  options,
)

/** A run that chose nobody also has one row. */
function rowsOf(run: RunRecord): ViewRows {
  const { startedAt, app, group, mode, outcome = 'error', before } = run
  const about = {
    time: new Date(startedAt).toISOString(),
    app,
    group,
    mode,
    outcome: run.why === undefined ? outcome : `${outcome} (${run.why})`,
    members: before && `${before.members} of ${before.cap}`,
    protected: excludedText(run),
  }
  const chosen = chosenRows(run)
  if (chosen.length === 0) return [{ ...about, rank: '', account: '', state: '', why: '' }]
  return chosen.map(({ rank, account, state, why }) => ({ ...about, rank, account, state, why }))
}
