import type { PluginInput } from '../../config/sections/plugins.ts'
import { definePlugin, type Plugin } from '../../core/plugin.ts'

type Handlers = Plugin['handlers']

/** An entry of the config with a plugin that has only these handlers. */
export function entry(name: string, handlers: Handlers, more: Partial<PluginInput> = {}): PluginInput {
  return { use: definePlugin({ name, handlers }), ...more }
}

/** A promise and the functions that settle it. */
export function deferred<T = void>(): { promise: Promise<T>; resolve: (value: T) => void } {
  let resolve: (value: T) => void = () => undefined
  const promise = new Promise<T>((settle) => (resolve = settle))
  return { promise, resolve }
}

export const BEFORE = 'Group.CallbackBeforeSendMsg'
export const FULL = 'Group.CallbackAfterGroupFull'

let serial = 0

/** A callback before a message is sent. */
export function message(text = 'hello', more: object = {}): object {
  return {
    CallbackCommand: BEFORE,
    GroupId: '@TGS#1',
    From_Account: 'jared',
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }],
    ...more,
  }
}

/** A callback for a full group that is not a resend of another one. */
export function full(more: object = {}): object {
  return { CallbackCommand: FULL, GroupId: '@TGS#1', EventTime: Date.now() * 1000 + serial++, ...more }
}
