// Checked by the compiler alone: every `@ts-expect-error` is a mistake that a plugin author must be told of.
import { defineCommand, definePlugin, Duration, Type } from '../../core/plugin.ts'

const options = Type.Object({ limit: Type.Integer(), wait: Duration({ description: 'How long', default: '1s' }) })

const shown = Type.Object({ group: Type.Optional(Type.String()), limit: Type.Integer({ default: 20 }) })

definePlugin({
  name: 'commands',
  options,
  setup: ({ options, apps }) => {
    // A codec is decoded by the time the plugin gets it.
    const wait: number = options.wait
    // @ts-expect-error secrets are nobody's business
    void apps[0]?.secretKey
    return { wait, administrators: apps.map(({ identifier }) => identifier) }
  },
  handlers: { 'Group.CallbackAfterGroupFull': async ({ state }) => void state.wait.toFixed() },
  commands: {
    show: defineCommand(
      {
        description: 'with options of its own',
        options: shown,
        run: ({ given, options, print }) => {
          const group: string | undefined = given.group
          const size: number = given.limit + options.limit + options.wait
          print({ group, size }, `${group}: ${size}`)
          // @ts-expect-error no such option of the command
          void given.nothing
          // @ts-expect-error no such option of the plugin
          void options.nothing
        },
      },
      options,
    ),
    plain: {
      description: 'without options',
      run: async ({ options, table, rest, store, signal }) => {
        const limit: number = options.limit
        const { GroupInfo } = await rest(1).getGroupInfo({ GroupIdList: ['g'] }, { signal })
        table([{ limit, groups: GroupInfo.length, runs: await store.records('run') }])
      },
    },
  },
})

definePlugin({
  name: 'mistakes',
  handlers: {},
  commands: {
    // @ts-expect-error every command says what it does
    bare: { run: () => {} },
    // @ts-expect-error a command that does nothing
    idle: { description: 'idle' },
  },
})
