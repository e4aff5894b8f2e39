import { createHash } from 'node:crypto'
import { type Format, lastingParameters } from './message.ts'

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
    for (const [name, value] of lastingParameters(query))
      path += `${encodeURIComponent(name)}=${encodeURIComponent(value)}&`
    path += `RequestID=${id}${signatureOf(Math.floor(nowMs / 1000))}`
    return { path, headers: JSON_TYPE, body: json }
  }
}

const JSON_TYPE = ['content-type', 'application/json']
