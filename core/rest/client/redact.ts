import { isObject } from '../../lib/json.ts'

const LONGEST = 300
/** Longer free text is left out, also if a request has more texts: comparing them would block the event loop. */
const LONGEST_COMPARED = 16_384
const MOST_TEXTS = 1000
const SHORTEST = 3
// Ids, kinds and field names explain an error. Any other text may be a message.
const HARMLESS = /(?:_Account|Id|ID|IdList|Type|Filter|Control|Option|Priority|Role)$/
const USERSIG = /eJ[\w*-]{40,}/g

/**
 * Removes secrets and the texts of a request from Tencent's error text, which may quote them. Cuts long texts.
 */
export function redactor(secrets: readonly string[], body: unknown): (text: string) => string {
  let quotable: string[] | undefined
  return (text) => {
    if (text.length > LONGEST_COMPARED) return '…'
    quotable ??= quotableTexts(secrets, body)
    if (quotable.length > MOST_TEXTS) return '…'
    let clean = text
    for (const quoted of quotable) clean = clean.replaceAll(quoted, '…')
    clean = clean.replaceAll(USERSIG, '…')
    return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean
  }
}

/** Longest first, since a text may contain another one. */
function quotableTexts(secrets: readonly string[], body: unknown): string[] {
  const texts = [...secrets, ...textsOf(body)].filter(({ length }) => length >= SHORTEST && length <= LONGEST_COMPARED)
  return [...new Set(texts.flatMap(writings))].toSorted((a, b) => b.length - a.length)
}

function textsOf(body: unknown): string[] {
  const texts: string[] = []
  const open: unknown[] = [body]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') texts.push(value)
    else if (Array.isArray(value)) for (const inner of value) open.push(inner)
    else if (isObject(value))
      for (const [key, inner] of Object.entries(value)) if (!HARMLESS.test(key)) open.push(inner)
  }
  return texts
}

/** A text as it is, and as written in JSON and in a URL. */
function writings(text: string): string[] {
  // A URL cannot hold half a surrogate pair: U+FFFD stands for it.
  const whole = Buffer.from(text).toString()
  return [text, JSON.stringify(text).slice(1, -1), encodeURIComponent(whole)]
}
