import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { textOf } from './decode-utf8.ts'

/**
 * Charsets that are decoded if the content type names them. No others, because servers send ISO-8859-1 by default,
 * whatever the body is.
 */
const CHINESE = new Set(['gbk', 'x-gbk', 'gb2312', 'gb18030', 'big5', 'big5-hkscs'])
const CHARSET = /;\s*charset\s*=\s*"?([\w-]+)/i

/** Returns the charset of a body, or undefined for UTF-8. */
export function charsetOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const type = headers['content-type']
  // Most have no charset and need no regular expression.
  if (type === undefined || !type.includes(';')) return undefined
  const charset = CHARSET.exec(type)?.[1]?.toLowerCase()
  return charset !== undefined && CHINESE.has(charset) ? charset : undefined
}

/** Decodes bytes. If they are valid UTF-8 but not valid in the charset, the content type was wrong. */
export function decodeAs(charset: string, bytes: Buffer): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch (error) {
    // A Node built without ICU does not know them.
    if (isUtf8(bytes) || error instanceof RangeError) return textOf(bytes)
    return new TextDecoder(charset).decode(bytes)
  }
}
