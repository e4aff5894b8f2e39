import { CommandError, defineCommand, definePlugin, Type } from '../../core/plugin.ts'

const Options = Type.Object({ words: Type.Array(Type.String()), url: Type.String({ default: 'none', secret: true }) })

/** A plugin that does a little of everything, for tests of the test kit. */
export const words = definePlugin({
  name: 'words',
  options: Options,
  setup: ({ options }) => ({ words: options.words, joined: 0 }),
  handlers: {
    'Group.CallbackBeforeSendMsg': {
      timeoutMs: 300,
      onFailure: 'reject',
      handle: async ({ body, state, log, allow, reject, drop, signal, count }) => {
        const said = body.MsgBody.map((element) => JSON.stringify(element.MsgContent)).join(' ')
        if (said.includes('throw')) throw new RangeError('asked to throw')
        if (said.includes('wait')) await new Promise((resolve) => signal.addEventListener('abort', resolve))
        if (said.includes('drop')) return drop()
        if (said.includes('mask')) return allow({ CloudCustomData: 'masked' })
        if (said.includes('wrong')) return allow({ MsgBody: 'x' } as never)
        if (said.includes('odd')) return reject(4 as never)
        const word = state.words.find((one) => said.includes(one))
        count('seen', { of: word === undefined ? 'nothing' : 'words' })
        if (word !== undefined) log.warn({ group: body.GroupId }, 'a word')
        return word === undefined ? allow() : reject(10100, `not ${word}`)
      },
    },
    'Group.CallbackAfterNewMemberJoin': async ({ body, store, emit, rest, attempt, state, log, options }) => {
      state.joined++
      if (body.GroupId === 'fails' && attempt < 3) throw new RangeError(`attempt ${attempt}`)
      await store.record('join', { group: body.GroupId, attempt })
      await store.set('last', body.GroupId, { ttlMs: 60_000 })
      emit('changed', { joined: state.joined })
      log.info(`of ${options.url}`)
      if (body.GroupId === 'greets') {
        const { MsgSeq } = await rest.sendGroupMsg({ GroupId: 'greets', MsgBody: [] })
        await store.set('greeted', MsgSeq)
      }
      if (body.GroupId === 'swallows') await rest.getGroupInfo({ GroupIdList: ['swallows'] }).catch(() => undefined)
      if (body.GroupId === 'hangs') await new Promise(() => undefined)
    },
    'State.StateChange': async ({ body, store }) => store.record('state', body.Info),
  },
  metrics: { seen: { type: 'counter', help: 'messages seen', labels: { of: ['words', 'nothing'] } } },
  commands: {
    rows: { description: 'two rows', view: true, run: () => [{ a: 1 }, { a: 2 }] },
    latest: defineCommand(
      {
        description: 'the latest joins',
        options: Type.Object({ limit: Type.Integer({ default: 2 }), fail: Type.Optional(Type.Boolean()) }),
        async run({ given, store, print, table, options }) {
          if (given.fail === true) throw new CommandError('as asked')
          const rows = (await store.records('join', { limit: given.limit })).map(
            ({ data }) => data as { group: string },
          )
          print({ rows, words: options.words }, table(rows))
        },
      },
      Options,
    ),
  },
})

/** Resolves with the error of a promise that rejects. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & { code?: string }> {
  const result = await promise.then(
    () => undefined,
    (error: unknown) => error,
  )
  if (result instanceof Error) return result
  throw new Error('expected it to reject')
}
