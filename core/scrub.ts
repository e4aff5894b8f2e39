import { isObject, type JsonObject } from './json.ts'

const SHORTEST = 3
const JSON_SNIPPET = /(?:\.\.\.)?"[\s\S]*"(?:\.\.\.)? is not valid JSON/

/** An error as it may be logged: never with the text of a message, which libraries like to quote in theirs. */
export interface LoggableError {
  readonly name: string
  readonly code?: string
  readonly message: string
  /** Where it was thrown, without the message. */
  readonly stack: string
}

/** Takes the texts of the callback's message out of an error. `raw` is the body that was being handled. */
export function loggableError(error: unknown, raw?: string): LoggableError {
  if (!(error instanceof Error)) return { name: 'NotAnError', message: `threw ${typeof error}`, stack: '' }
  const body: unknown = raw === undefined ? undefined : JSON.parse(raw)
  const texts = isObject(body) ? messageTexts(body) : []
  const code = (error as { code?: unknown }).code
  return {
    name: error.name,
    ...(typeof code === 'string' && { code }),
    message: scrub(error.message, texts),
    stack: (error.stack ?? '')
      .split('\n')
      .filter((line) => /^\s+at /.test(line))
      .join('\n'),
  }
}

function scrub(message: string, texts: readonly string[]): string {
  // JSON.parse quotes a part of what it was given, which may be cut anywhere.
  let clean = message.replace(JSON_SNIPPET, '"…" is not valid JSON')
  for (const text of texts) clean = clean.replaceAll(text, '…')
  return clean
}

/** Every text within MsgBody and CloudCustomData, longest first, so that none leaves a rest behind. */
function messageTexts(body: JsonObject): string[] {
  const texts: string[] = []
  const open: unknown[] = [body['MsgBody'], body['CloudCustomData']]
  while (open.length > 0) {
    const value = open.pop()
    if (typeof value === 'string') {
      if (value.length >= SHORTEST) texts.push(value)
    } else if (Array.isArray(value)) {
      for (const inner of value) open.push(inner)
    } else if (isObject(value)) {
      for (const [key, inner] of Object.entries(value)) if (key !== 'MsgType') open.push(inner)
    }
  }
  return texts.toSorted((a, b) => b.length - a.length)
}
