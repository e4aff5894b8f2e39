// Checked by the compiler alone: every `@ts-expect-error` is a mistake that a plugin author must be told of.
import { definePlugin, Type } from '../../core/plugin.ts'

definePlugin({
  name: 'verdicts',
  handlers: {
    'Group.CallbackBeforeSendMsg': ({ body, allow, reject, drop }) => {
      const { GroupId } = body
      if (GroupId === undefined) return drop()
      if (body.Random === 1) return reject()
      if (body.Random === 2) return reject(1)
      if (body.Random === 3) return reject(10100, 'no')
      if (body.Random === 4) return reject(10200, 'no')
      const code: number = body.Random ?? 1
      if (body.Random === 5) return reject(code)
      // @ts-expect-error one above the documented range
      if (body.Random === 6) return reject(10201)
      // @ts-expect-error the range of C2C, not of groups
      if (body.Random === 7) return reject(120_001)
      // @ts-expect-error 2 is a drop
      if (body.Random === 8) return reject(2)
      // @ts-expect-error a mistyped field of the answer
      if (body.Random === 9) return allow({ MsgBodies: [] })
      // @ts-expect-error a field of the wrong type
      if (body.Random === 10) return allow({ CloudCustomData: 1 })
      // @ts-expect-error a mistyped field of the body
      if (body.GroupID) return allow()
      return allow({ CloudCustomData: 'changed', MsgBody: body.MsgBody })
    },
  },
})

definePlugin({
  name: 'no-verdict',
  handlers: {
    // @ts-expect-error an after-callback has no verdict to give
    'Group.CallbackAfterGroupFull': ({ allow }) => {
      void allow
    },
  },
})

definePlugin({
  name: 'returns',
  handlers: {
    // @ts-expect-error what an after-handler returns is nobody's
    'Group.CallbackAfterGroupFull': ({ body }) => body.GroupId,
    // @ts-expect-error a before-handler returns a verdict or nothing
    'Group.CallbackBeforeSendMsg': () => 'reject',
  },
})

definePlugin({
  name: 'state',
  options: Type.Object({ limit: Type.Integer(), words: Type.Array(Type.String()) }),
  setup: async ({ options }) => ({ words: new Set(options.words), limit: options.limit }),
  handlers: {
    'Group.CallbackAfterGroupFull': async ({ state, options, body, attempt, log }) => {
      const size: number = state.words.size + state.limit + options.limit + attempt
      const id: string = body.GroupId
      const time: number | undefined = body.EventTime
      log.info({ size, time }, id)
      // @ts-expect-error no such state
      void state.nothing
      // @ts-expect-error no such option
      void options.nothing
    },
  },
  close: (state) => {
    state.words.clear()
  },
})

definePlugin({
  name: 'settings',
  handlers: {
    'Group.CallbackBeforeSendMsg': { timeoutMs: 300, onFailure: 'drop', handle: ({ allow }) => allow() },
    'Group.CallbackAfterGroupFull': { concurrency: 1, retry: { attempts: 3 }, ordered: true, handle: async () => {} },
  },
})

definePlugin({
  name: 'wrong-settings',
  handlers: {
    // @ts-expect-error a failed before-callback is not tried again
    'Group.CallbackBeforeSendMsg': { retry: { attempts: 2 }, handle: () => {} },
    // @ts-expect-error an after-callback has nothing to fall back on
    'Group.CallbackAfterGroupFull': { onFailure: 'reject', handle: async () => {} },
  },
})

definePlugin({
  name: 'mistyped-command',
  handlers: {
    // @ts-expect-error no such callback
    'Group.CallbackAfterGroupFul': async () => {},
  },
})

definePlugin({
  name: 'wildcards',
  handlers: {
    'Group.*': (context) => {
      if (context.command === 'Group.CallbackBeforeSendMsg') {
        const text: string | undefined = context.body.CloudCustomData
        return text ? context.reject(10100) : context.allow()
      }
      if (context.command === 'Group.CallbackAfterGroupFull') {
        const id: string = context.body.GroupId
        void id
        // @ts-expect-error an after-callback has no verdict to give
        void context.allow
      }
      return undefined
    },
    '*': async ({ command, body, phase }) => {
      void [command, body, phase]
    },
  },
})

definePlugin({
  name: 'unknown-commands',
  handlers: {
    'Group.*': (context) => {
      if (context.phase === 'before') {
        return context.faults.length === 5 ? context.allow() : context.reject()
      }
      return undefined
    },
    '*': {
      faulty: false,
      handle: (context) => {
        if (context.phase !== 'before') return undefined
        return context.reject()
      },
    },
  },
})

definePlugin({
  name: 'faulty',
  handlers: {
    'Group.CallbackAfterGroupFull': {
      faulty: true,
      handle: ({ body, faults }) => {
        const id: unknown = body['GroupId']
        // @ts-expect-error it may be anything, or nothing
        const text: string = body['GroupId']
        void [id, text, faults.join()]
      },
    },
    'Group.CallbackAfterSendMsg': {
      faulty: false,
      handle: ({ body }) => {
        const id: string = body.GroupId
        void id
      },
    },
    // @ts-expect-error onFailure decides a before-callback that does not fit
    'Group.CallbackBeforeSendMsg': { faulty: true, handle: () => undefined },
  },
})
