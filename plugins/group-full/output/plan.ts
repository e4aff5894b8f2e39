import { randomUUID } from 'node:crypto'
import { type CommandContext, CommandError, defineCommand, Type } from 'timhook/plugin'
import { administratorsOf } from '../choose/administrators.ts'
import { options, type Options } from '../options.ts'
import { type RunRecord, settingsOf, stored } from '../report/record.ts'
import { doRun } from '../run/run.ts'
import { formatRun } from './format-run.ts'

const given = Type.Object({
  group: Type.String({ minLength: 1, description: 'Id of the group' }),
  app: Type.Optional(Type.Integer({ minimum: 1, description: 'SdkAppid, if the config has several apps' })),
})

/** `timhook group-full plan`: prints what a run would do now. It removes nobody, and stores nothing. */
export const plan = defineCommand(
  {
    description: 'show whom a run would remove from a group now; removes nobody',
    options: given,
    async run(context) {
      const record = await planned(context, context.given)
      context.print(record, formatRun(record, context.table))
      if (record.failed) throw new CommandError(`no plan: ${record.why}`)
    },
  },
  options,
)

async function planned(
  { apps, store, rest, options, signal }: CommandContext<unknown, Options>,
  { group, app }: { group: string; app?: number },
): Promise<RunRecord> {
  const place = { app: app ?? onlyApp(apps), group }
  const now = Date.now()
  const record: RunRecord = {
    ...place,
    run: randomUUID(),
    mode: 'dry-run',
    events: { count: 0, first: now, last: now },
    startedAt: now,
    fence: 0,
    ...settingsOf(options),
    dropped: [],
    requested: [],
    calls: [],
  }
  await doRun({
    place,
    options,
    administrators: administratorsOf({ apps }),
    store,
    rest: rest(place.app),
    log: console,
    emit: () => undefined,
    signal,
    record,
    now: () => Date.now(),
    carried: 0,
    isHeld: async () => false,
    saveProgress: async () => {},
  })
  return stored(record, options.hashAccounts)
}

function onlyApp(apps: CommandContext['apps']): number {
  const [first, ...others] = apps
  if (first && others.length === 0) return first.sdkAppId
  throw new CommandError(`expected --app, one of ${apps.map(({ sdkAppId }) => sdkAppId).join(', ')}`)
}
