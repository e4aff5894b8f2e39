import { isObject } from '../json.ts'

const LONGEST = 300
const SHORTEST = 3
// Ids, kinds and names of fields say what a refusal is about; all other texts may be somebody's message.
const HARMLESS = /(?:_Account|Id|ID|IdList|Type|Filter|Control|Option|Priority|Role)$/
const USERSIG = /eJ[\w*-]{40,}/g

/**
 * What takes secrets, and the texts of a request, out of what Tencent says about it: its free text may quote either.
 * Long texts are cut.
 */
export function redactor(secrets: readonly string[], body: unknown): (text: string) => string {
  let quotable: string[] | undefined
  return (text) => {
    quotable ??= [...secrets, ...textsOf(body)].flatMap(writings).toSorted((a, b) => b.length - a.length)
    let clean = text
    for (const one of quotable) clean = clean.replaceAll(one, '…')
    clean = clean.replaceAll(USERSIG, '…')
    return clean.length > LONGEST ? `${clean.slice(0, LONGEST)}…` : clean
  }
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

/** A text as it is, and as it stands in JSON and in a URL. */
function writings(text: string): string[] {
  if (text.length < SHORTEST) return []
  return [...new Set([text, JSON.stringify(text).slice(1, -1), encodeURIComponent(text)])]
}
