import type { TmsOptions } from '../options.ts'
import { postJson, valuesAt } from './post.ts'
import { type Level, opinion, type Opinion, type Question, type Service, ServiceError, strictest } from './service.ts'
import { authorize } from './tc3.ts'

const VERSION = '2020-12-29'
const CONTENT_TYPE = 'application/json; charset=utf-8'
/** Characters that one request may have (cn 1124/51860). A message of 12 KB may have more. */
const MAX_CHARACTERS = 10_000
const LEVEL_OF: Readonly<Record<string, Level>> = { Pass: 'pass', Review: 'review', Block: 'block' }

/** Tencent's Text Moderation System for texts, and Image Moderation System for images, by their URL. */
export function createTms(options: TmsOptions): Service {
  const { url, imageUrl, bizType } = options

  const call = async (target: string, action: string, fields: object, signal: AbortSignal): Promise<Opinion> => {
    const { host } = new URL(target)
    const service = action === 'TextModeration' ? 'tms' : 'ims'
    const body = JSON.stringify({ ...fields, ...(bizType !== undefined && { BizType: bizType }) })
    const timestamp = Math.floor(Date.now() / 1000)
    const { secretId, secretKey, region } = options
    const headers = {
      'content-type': CONTENT_TYPE,
      authorization: authorize({
        service,
        host,
        contentType: CONTENT_TYPE,
        body,
        timestamp,
        secretId,
        secretKey,
      }),
      'x-tc-action': action,
      'x-tc-version': VERSION,
      'x-tc-region': region,
      'x-tc-timestamp': String(timestamp),
    }
    return read(await postJson(target, headers, body, signal))
  }

  return {
    kinds: ['text', 'image'],
    async ask({ kind, content }: Question, signal) {
      if (kind === 'image') return call(imageUrl, 'ImageModeration', { FileUrl: content }, signal)
      const asked = pieces(content).map((piece) => ({ Content: Buffer.from(piece, 'utf8').toString('base64') }))
      return strictest(await Promise.all(asked.map((fields) => call(url, 'TextModeration', fields, signal))))
    },
  }
}

function pieces(text: string): string[] {
  // A character takes one unit or two, so most texts need not be counted.
  if (text.length <= MAX_CHARACTERS) return [text]
  const characters = Array.from(text)
  const count = Math.ceil(characters.length / MAX_CHARACTERS)
  return Array.from({ length: count }, (_, n) =>
    characters.slice(n * MAX_CHARACTERS, (n + 1) * MAX_CHARACTERS).join(''),
  )
}

function read(answer: unknown): Opinion {
  const [code] = valuesAt(answer, 'Response.Error.Code')
  // Its Message may repeat what was sent.
  if (code !== undefined)
    throw new ServiceError(
      'refused',
      `the service answered ${typeof code === 'string' ? code.slice(0, 80) : 'an error'}`,
    )
  const level = LEVEL_OF[String(valuesAt(answer, 'Response.Suggestion')[0])]
  if (!level) throw new ServiceError('answer', 'the answer of the service has no known Suggestion')
  return opinion(level, valuesAt(answer, 'Response.Label')[0])
}
