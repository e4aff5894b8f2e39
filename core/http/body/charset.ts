import { isUtf8 } from 'node:buffer'
import type { IncomingMessage } from 'node:http'
import { textOf } from './decode-utf8.ts'

/**
 * Charsets by which a body is decoded where its content type names them. No others: servers name ISO-8859-1 by default,
 * whatever they send.
 */
const CHINESE = new Set(['gbk', 'x-gbk', 'gb2312', 'gb18030', 'big5', 'big5-hkscs'])
const CHARSET = /;\s*charset\s*=\s*"?([\w-]+)/i

/** The charset of a body that is not to be read as UTF-8, or undefined. */
export function charsetOf({ headers }: Pick<IncomingMessage, 'headers'>): string | undefined {
  const type = headers['content-type']
  // Most have none, and are not to pay for a regular expression.
  if (type === undefined || !type.includes(';')) return undefined
  const charset = CHARSET.exec(type)?.[1]?.toLowerCase()
  return charset !== undefined && CHINESE.has(charset) ? charset : undefined
}

/** Bytes as text. Where they do not fit the charset, and are UTF-8, the content type was wrong. */
export function decodeAs(charset: string, bytes: Buffer): string {
  try {
    return new TextDecoder(charset, { fatal: true }).decode(bytes)
  } catch (error) {
    // A Node that was built without ICU knows none of them.
    if (isUtf8(bytes) || error instanceof RangeError) return textOf(bytes)
    return new TextDecoder(charset).decode(bytes)
  }
}
