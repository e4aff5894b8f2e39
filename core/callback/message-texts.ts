type JsonObject = Record<string, unknown>

/** A text of a message that people read. */
export interface MessageText {
  readonly text: string
  replace(text: string): void
}

/**
 * The texts of a MsgBody: those of text elements, of chatbots' streamed answers, and of merged-forward messages (title,
 * abstract, the text for old clients, and their messages, at any depth). Skips anything without the documented shape.
 */
export function textsOf(msgBody: readonly unknown[]): MessageText[] {
  const texts: MessageText[] = []
  // A work list, so that nesting does not use the stack.
  const open = [msgBody]
  for (let body = open.pop(); body; body = open.pop()) {
    for (const element of body) {
      if (!isObject(element) || !isObject(element['MsgContent'])) continue
      const content = element['MsgContent']
      if (element['MsgType'] === 'TIMTextElem') take(texts, content, 'Text')
      if (element['MsgType'] === 'TIMStreamElem') {
        take(texts, content, 'CompatibleText')
        for (const chunk of asList(content['Chunks'])) if (isObject(chunk)) take(texts, chunk, 'Markdown')
      }
      if (element['MsgType'] !== 'TIMRelayElem') continue
      take(texts, content, 'Title')
      take(texts, content, 'CompatibleText')
      const lines = asList(content['AbstractList'])
      for (const index of lines.keys()) take(texts, lines as unknown as JsonObject, index)
      for (const message of asList(content['MsgList'])) if (isObject(message)) open.push(asList(message['MsgBody']))
    }
  }
  return texts
}

function take(texts: MessageText[], holder: JsonObject, key: string | number): void {
  const text = holder[key]
  if (typeof text === 'string') texts.push({ text, replace: (masked) => void (holder[key] = masked) })
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** Whether a value is a JSON object and not a list. */
function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
