import type { Content } from './fact.ts'
import { isObject, listOf, storable, type JsonObject } from './fields.ts'

/** How much of a message's text is kept for search; its MsgBody is kept whole. */
const MAX_TEXT = 100_000
const MAX_KINDS = 600

/** For each kind of element, the keys of texts that people read. */
const READ: Readonly<Record<string, readonly string[]>> = {
  TIMTextElem: ['Text'],
  TIMCustomElem: ['Desc', 'Data'],
  TIMLocationElem: ['Desc'],
  TIMFileElem: ['FileName', 'fileName'],
  TIMStreamElem: ['CompatibleText'],
  TIMRelayElem: ['Title', 'CompatibleText'],
}

/** The contents of a MsgBody. Anything without the documented shape is kept, but has no text. */
export function contentOf(msgBody: unknown): Content {
  if (msgBody === undefined || msgBody === null) return { body: null, text: '', kinds: '' }
  const kinds = new Set<string>()
  for (const element of listOf(msgBody)) {
    if (isObject(element) && typeof element['MsgType'] === 'string') kinds.add(storable(element['MsgType']))
  }
  return {
    // JSON writes NUL and lone surrogates as escapes, so this is the message exactly.
    body: JSON.stringify(msgBody),
    text: storable(readable(listOf(msgBody))),
    kinds: [...kinds].join(',').slice(0, MAX_KINDS),
  }
}

function readable(msgBody: readonly unknown[]): string {
  const texts: string[] = []
  let length = 0
  const take = (value: unknown): void => {
    if (typeof value !== 'string' || value === '' || length >= MAX_TEXT) return
    texts.push(value.slice(0, MAX_TEXT - length))
    length += value.length + 1
  }
  // A work list, so that nesting does not use the stack.
  const open = [msgBody]
  for (let body = open.pop(); body; body = open.pop()) {
    for (const element of body) {
      if (!isObject(element) || !isObject(element['MsgContent'])) continue
      const content = element['MsgContent']
      for (const key of READ[String(element['MsgType'])] ?? []) take(content[key])
      if (element['MsgType'] === 'TIMStreamElem') takeChunks(content, take)
      if (element['MsgType'] !== 'TIMRelayElem') continue
      for (const line of listOf(content['AbstractList'])) take(line)
      for (const message of listOf(content['MsgList'])) if (isObject(message)) open.push(listOf(message['MsgBody']))
    }
  }
  return texts.join('\n')
}

function takeChunks(content: JsonObject, take: (value: unknown) => void): void {
  for (const chunk of listOf(content['Chunks'])) if (isObject(chunk)) take(chunk['Markdown'])
}
