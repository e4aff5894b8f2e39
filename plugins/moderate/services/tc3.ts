import { createHash, createHmac } from 'node:crypto'

export interface Tc3Request {
  /** Such as `tms`. */
  readonly service: string
  readonly host: string
  readonly contentType: string
  readonly body: string
  /** Seconds since 1970. */
  readonly timestamp: number
  readonly secretId: string
  readonly secretKey: string
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/**
 * The `Authorization` of a POST to `/` of Tencent Cloud's API 3.0: TC3-HMAC-SHA256 over content type, host and body (cn
 * 1278/55260, intl 1121/46074).
 */
export function authorize(request: Tc3Request): string {
  const { service, host, contentType, body, timestamp, secretId, secretKey } = request
  const date = new Date(timestamp * 1000).toISOString().slice(0, 10)
  const scope = `${date}/${service}/tc3_request`
  const signed = 'content-type;host'
  const headers = `content-type:${contentType}\nhost:${host}\n`
  const canonical = ['POST', '/', '', headers, signed, sha256(body)].join('\n')
  const text = ['TC3-HMAC-SHA256', timestamp, scope, sha256(canonical)].join('\n')
  const key = hmac(hmac(hmac(`TC3${secretKey}`, date), service), 'tc3_request')
  const signature = hmac(key, text).toString('hex')
  return `TC3-HMAC-SHA256 Credential=${secretId}/${scope}, SignedHeaders=${signed}, Signature=${signature}`
}
