import type { IncomingMessage } from 'node:http'
import { promisify } from 'node:util'
import { brotliDecompress, unzip } from 'node:zlib'
import type { PendingBody } from './body-budget.ts'
import { HttpError } from '../answer/http-error.ts'

const inflaters = new Map([
  ['gzip', promisify(unzip)],
  ['deflate', promisify(unzip)],
  ['br', promisify(brotliDecompress)],
])

/**
 * Reads the bytes of a body, compressed or not. In koa-bodyparser, an error of zlib after the limit was exceeded has no
 * listener and ends the process.
 * @throws HttpError 400, 413 or 415
 */
export async function readBytes(
  request: IncomingMessage,
  encoding: string,
  limit: number,
  pending: PendingBody,
): Promise<Buffer> {
  if (encoding === '' || encoding === 'identity') return bytesOf(request, limit, pending)
  const inflate = inflaters.get(encoding)
  if (!inflate) throw new HttpError(415, 'Content-Encoding: expected identity, gzip, deflate or br')
  const compressed = await bytesOf(request, limit, pending)
  try {
    return await inflate(compressed, { maxOutputLength: limit })
  } catch (error) {
    throw (error as { code?: unknown }).code === 'ERR_BUFFER_TOO_LARGE'
      ? tooLarge()
      : new HttpError(400, `body: is not ${encoding}, as Content-Encoding says`)
  }
}

export function tooLarge(): HttpError {
  return new HttpError(413, 'body: is larger than server.bodyLimit')
}

export function cutOff(): HttpError {
  return new HttpError(400, 'body: its length is not that of Content-Length')
}

/** Discards what follows the limit, so that the connection can carry the next request. */
function bytesOf(request: IncomingMessage, limit: number, pending: PendingBody): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    let length = 0
    request.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length > limit) reject(tooLarge())
      if (length <= limit && pending.add(chunk.length)) chunks.push(chunk)
      else chunks.length = 0
    })
    request.on('end', () => resolve(Buffer.concat(chunks)))
    request.on('error', () => reject(cutOff()))
    request.on('close', () => reject(cutOff()))
  })
}
