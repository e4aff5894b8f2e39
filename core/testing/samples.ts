import { TimhookError } from '../errors.ts'
import { isObject, type JsonObject } from '../lib/json.ts'
import { type CallbackOf, type Command, commands } from '../protocol/commands.ts'
import type { TextElem } from '../protocol/msg-body.ts'
import { sampleAt } from '../sample/sample-at.ts'
import type { Overrides } from './types.ts'

/** A text element of a message. */
export function text(content: string): TextElem {
  return { MsgType: 'TIMTextElem', MsgContent: { Text: content } }
}

/**
 * The documents' sample body of a callback, with some fields set.
 * @throws TimhookError UNKNOWN_COMMAND
 */
export function sample<C extends Command>(command: C, overrides?: Overrides<CallbackOf<C>>): CallbackOf<C> {
  return bodyAt(command, overrides, 0, Date.now())
}

/** The n-th body of a command. For a command that is not in the table it has only the given fields. */
export function bodyAt(command: string, overrides: object | undefined, n: number, nowMs: number): JsonObject {
  const definition = commands.get(command)
  if (!definition && overrides === undefined) {
    const hint = 'Pass the body that it is to have.'
    throw new TimhookError('UNKNOWN_COMMAND', `${command} is not a known callback`, { hint })
  }
  const body = definition ? sampleAt(definition.sample, n, nowMs) : { CallbackCommand: command }
  return merged(body, overrides as JsonObject | undefined)
}

function merged(base: JsonObject, overrides: JsonObject = {}): JsonObject {
  const result = { ...base }
  for (const [name, value] of Object.entries(overrides)) {
    const known = result[name]
    if (value === undefined) delete result[name]
    else result[name] = isObject(known) && isObject(value) ? merged(known, value) : value
  }
  return result
}
