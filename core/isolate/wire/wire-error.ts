import { type ErrorCode, TimhookError } from '../../errors.ts'
import { RewriteError } from '../../plugin-api/verdict.ts'
import { RestError, type RestErrorCode } from '../../rest/client/rest-error.ts'

/** An error as data, with the parts that matter. */
export interface WireError {
  /** What was thrown, if it was not an Error. */
  readonly thrown?: unknown
  readonly name: string
  readonly message: string
  readonly stack: string
  /** Its own texts, numbers and booleans: `code`, `hint`, `ms`, … */
  readonly data: Readonly<Record<string, string | number | boolean>>
  readonly cause?: WireError
}

const MAX_KEYS = 30
const MAX_CAUSES = 5
const LONGEST = 65_536

/** Turns whatever was thrown into data. Never throws. */
export function encodeError(error: unknown, depth = 0): WireError {
  try {
    return encode(error, depth)
  } catch {
    return { name: 'Error', message: 'an error that cannot be read', stack: '', data: {} }
  }
}

function encode(error: unknown, depth: number): WireError {
  if (!(error instanceof Error)) return { thrown: plainOf(error), name: 'NotAnError', message: '', stack: '', data: {} }
  const data: Record<string, string | number | boolean> = {}
  for (const [key, value] of Object.entries(error).slice(0, MAX_KEYS)) {
    if (typeof value === 'string') data[key] = value.slice(0, LONGEST)
    else if (typeof value === 'number' || typeof value === 'boolean') data[key] = value
  }
  const { name, message, stack, cause } = error
  return {
    name: text(name),
    message: text(message),
    stack: text(stack ?? ''),
    data,
    ...(cause !== undefined && depth < MAX_CAUSES && { cause: encode(cause, depth + 1) }),
  }
}

function plainOf(value: unknown): unknown {
  if (typeof value === 'string') return value.slice(0, LONGEST)
  return typeof value === 'object' || typeof value === 'function' || typeof value === 'symbol' ? typeof value : value
}

function text(value: unknown): string {
  return String(value).slice(0, LONGEST)
}

/** Creates an error of the same class, so that checks of its class or code succeed. */
export function decodeError(wire: WireError): unknown {
  if ('thrown' in wire) return wire.thrown
  const { name, message, stack, data, cause } = wire
  const error = instanceOf(wire)
  const known = new Set(Object.getOwnPropertyNames(error))
  for (const [key, value] of Object.entries(data)) if (!known.has(key)) setHidden(error, key, value, true)
  setHidden(error, 'message', message)
  setHidden(error, 'stack', stack)
  if (error.name !== name) setHidden(error, 'name', name)
  if (cause) setHidden(error, 'cause', decodeError(cause))
  return error
}

function instanceOf({ name, message, data }: WireError): Error {
  const { code, hint, command, fault, isOfMessage, api } = data
  if (code === 'VERDICT_INVALID' && typeof isOfMessage === 'boolean') {
    return new RewriteError(String(command), String(fault), isOfMessage)
  }
  if (typeof api === 'string' && String(code).startsWith('REST_')) {
    const { kind, errorCode, errorInfo, requestId, outcomeUnknown, attempts } = data
    const failure = {
      kind: kind as RestError['kind'],
      outcomeUnknown: outcomeUnknown === true,
      sentence: message.replace(`${api}: `, ''),
      hint: String(hint ?? ''),
      ...(typeof errorCode === 'number' && { errorCode }),
      ...(typeof errorInfo === 'string' && { errorInfo }),
      ...(typeof requestId === 'string' && { requestId }),
    }
    return new RestError(code as RestErrorCode, api, failure, Number(attempts))
  }
  if (name === 'TimhookError') return new TimhookError(code as ErrorCode, message, { hint: String(hint ?? '') })
  return new Error(message)
}

function setHidden(error: Error, key: string, value: unknown, enumerable = false): void {
  Object.defineProperty(error, key, { value, enumerable, configurable: true, writable: true })
}
