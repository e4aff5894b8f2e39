import { defineCommand, Type } from 'timhook/plugin'
import { options } from './options.ts'
import { hashOf, type RunRecord } from './record.ts'
import { textOf } from './text-of.ts'

/** Runs are looked for among so many of the newest. */
const LOOKED_AT = 2000

const given = Type.Object({
  group: Type.Optional(Type.String({ minLength: 1, description: 'Runs in this group only' })),
  account: Type.Optional(Type.String({ minLength: 1, description: 'Runs that requested the removal of this account' })),
  limit: Type.Integer({ default: 10, minimum: 1, maximum: LOOKED_AT, description: 'How many runs' }),
})

/** `timhook group-full report`: the latest runs, newest first. */
export const report = defineCommand(
  {
    description:
      'show the latest runs, newest first: outcome, who was left alone by which rule, who was chosen and why',
    options: given,
    async run({ given, store, print, table }) {
      const { group, account, limit } = given
      const runs = (await store.records('run', { limit: LOOKED_AT }))
        .map(({ data }) => data as RunRecord)
        .filter((run) => group === undefined || run.group === group)
        .filter((run) => account === undefined || concerns(run, account))
        .slice(0, limit)
      const [newest] = await store.records('full', { limit: 1 })
      const none = newest ? 'no run has been made yet\n' : 'nothing has been recorded yet\n'
      print(runs, runs.length === 0 ? none : runs.map((run) => textOf(run, table)).join('\n'))
    },
  },
  options,
)

function concerns({ app, requested }: RunRecord, account: string): boolean {
  return requested.includes(account) || requested.includes(hashOf(app, account))
}
