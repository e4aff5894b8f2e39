import { createHash } from 'node:crypto'
import { type Format, isLasting } from './message.ts'

/**
 * The request as Tencent sends it (intl 34354): the same parameters and the same body. Sign is SHA-256 over the token
 * and RequestTime, seconds since 1970, in lower-case hex.
 */
export function createTencentFormat({ pathname, search }: URL, token: string | undefined): Format {
  const start = `${pathname}${search}${search === '' ? '?' : '&'}`
  let lastTime = 0
  let signature = ''
  const signatureOf = (seconds: number): string => {
    if (token === undefined) return ''
    if (seconds !== lastTime) {
      const sign = createHash('sha256').update(`${token}${seconds}`).digest('hex')
      signature = `&Sign=${sign}&RequestTime=${seconds}`
      lastTime = seconds
    }
    return signature
  }
  return ({ query, id, json }, nowMs) => {
    let path = start
    for (const name in query) if (isLasting(name)) path += `${encoded(name)}=${encoded(query[name] ?? '')}&`
    path += `RequestID=${id}${signatureOf(Math.floor(nowMs / 1000))}`
    return { path, headers: JSON_TYPE, body: json }
  }
}

const JSON_TYPE = ['content-type', 'application/json']

const PLAIN = /^[\w.~-]*$/

/** Most names and values have nothing to encode, which is found out faster than it is encoded. */
function encoded(text: string): string {
  return PLAIN.test(text) ? text : encodeURIComponent(text)
}
