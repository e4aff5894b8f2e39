/** One element of a message as the page draws it. */
export interface Element {
  readonly type: string
  readonly content: Readonly<Record<string, unknown>>
}

/** The elements of a body's MsgBody; undefined if the body has none. */
export function messageOf(body: string): Element[] | undefined {
  try {
    const parsed: unknown = JSON.parse(body)
    return elementsOf(isRecord(parsed) ? parsed['MsgBody'] : undefined)
  } catch {
    return undefined
  }
}

/** The same of a MsgBody, such as that of a message forwarded in another. */
export function elementsOf(msgBody: unknown): Element[] | undefined {
  if (!Array.isArray(msgBody)) return undefined
  return msgBody.map((element: unknown) => {
    const { MsgType, MsgContent } = isRecord(element) ? element : {}
    return { type: typeof MsgType === 'string' ? MsgType : '?', content: isRecord(MsgContent) ? MsgContent : {} }
  })
}

/** A field as text; empty if it is neither text nor number. */
export function textOf(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : ''
}

/** The address if it is http(s): a link with another scheme could run something. */
export function webAddress(value: unknown): string | undefined {
  const text = textOf(value)
  if (!URL.canParse(text)) return undefined
  const { protocol, href } = new URL(text)
  return protocol === 'http:' || protocol === 'https:' ? href : undefined
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
