import { gunzipSync } from 'node:zlib'
import { isObject, listOf, type JsonObject } from '../callbacks/fields.ts'

const DOWNLOAD_MS = 120_000
const GZIP = [0x1f, 0x8b]
/** JavaScript cannot hold a longer text. */
const MAX_BYTES = 500_000_000

/** A history file that cannot be downloaded or read. */
export class HistoryFileError extends Error {
  override readonly name = 'HistoryFileError'
}

/** Downloads a file from a URL of Tencent. The URL gives access to the messages, so no error contains it. */
export async function download(url: string, signal: AbortSignal): Promise<Buffer> {
  try {
    const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(DOWNLOAD_MS)]) })
    if (response.ok) return Buffer.from(await response.arrayBuffer())
    throw new HistoryFileError(`a history file could not be downloaded: status ${response.status}`)
  } catch (error) {
    if (error instanceof HistoryFileError) throw error
    throw new HistoryFileError('a history file could not be downloaded: no answer')
  }
}

/** The messages of a history file: an object with MsgList, a list, or one message per line; gzipped or not. */
export function messagesIn(bytes: Buffer): readonly JsonObject[] {
  let text: string
  try {
    const isGzip = bytes[0] === GZIP[0] && bytes[1] === GZIP[1]
    text = (isGzip ? gunzipSync(bytes, { maxOutputLength: MAX_BYTES }) : bytes).toString()
  } catch {
    throw new HistoryFileError('a history file is not a complete gzip file, or is larger than 500 MB')
  }
  const whole = parse(text)
  if (isObject(whole)) return listOf(whole['MsgList'] ?? [whole]).filter(isObject)
  if (Array.isArray(whole)) return whole.filter(isObject)
  const lines = text.split('\n').filter((line) => line.trim() !== '')
  const messages = lines.map(parse)
  if (!messages.every(isObject)) throw new HistoryFileError('a history file is not JSON')
  return messages
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}
