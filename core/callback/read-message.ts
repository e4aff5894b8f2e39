import { elements } from '../protocol/msg-body.ts'
import { type Read, readerOf } from './coerce.ts'
import type { Faults, Place } from './schema-errors.ts'
import { isObject } from '../lib/json.ts'

/** Merged-forward messages contain messages. Those nested deeper than any client makes them pass unchanged. */
const MAX_DEPTH = 32

const readers = new Map<string, Read>()

/** Reads the elements of a message. Elements with a fault or an unknown type pass unchanged. */
export const readMessage: Read = (value, up, key, faults) => {
  if (!Array.isArray(value)) return faults.misfit(up, key, 'array of message elements', value)
  if (faults.depth >= MAX_DEPTH) return value
  const { count, inMessages } = faults
  const list: readonly unknown[] = value
  const place = { up, key }
  let copy: unknown[] | undefined
  faults.depth++
  for (let index = 0; index < list.length; index++) {
    const element = list[index]
    const seen = readElement(element, place, index, faults)
    if (seen !== element) (copy ??= [...list])[index] = seen
  }
  faults.depth--
  faults.inMessages = inMessages + faults.count - count
  return copy ?? list
}

function readElement(element: unknown, up: Place, index: number, faults: Faults): unknown {
  const own = faults.count - faults.inMessages
  const content = contentOf(element, up, index, faults)
  if (content === undefined || faults.count - faults.inMessages > own) return element
  return content === (element as { MsgContent: unknown }).MsgContent
    ? element
    : { ...(element as object), MsgContent: content }
}

/** Returns the element in the form for handlers; undefined if it is not an element. */
function contentOf(element: unknown, up: Place, index: number, faults: Faults): unknown {
  if (!isObject(element)) return faults.misfit(up, index, 'object', element)
  const { MsgType, MsgContent } = element
  const place = { up, key: index }
  if (typeof MsgType !== 'string') return missing(place, 'MsgType', 'string', MsgType, faults)
  if (!isObject(MsgContent)) return missing(place, 'MsgContent', 'object', MsgContent, faults)
  const read = readerFor(MsgType)
  return read ? read(MsgContent, place, 'MsgContent', faults) : MsgContent
}

function missing(place: Place, key: string, expected: string, value: unknown, faults: Faults): undefined {
  if (value === undefined) faults.add(place, key, 'is required')
  else faults.misfit(place, key, expected, value)
}

function readerFor(msgType: string): Read | undefined {
  const known = readers.get(msgType)
  const schema = elements.get(msgType)
  if (known || !schema) return known
  const read = readerOf(schema, { message: readMessage })
  readers.set(msgType, read)
  return read
}
