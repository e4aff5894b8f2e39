import type { Media } from './services/service.ts'

type JsonObject = Readonly<Record<string, unknown>>

export interface MediaFile {
  readonly kind: Media
  readonly url: string
}

const KIND_OF: Readonly<Record<string, Media>> = {
  TIMImageElem: 'image',
  TIMSoundElem: 'sound',
  TIMFileElem: 'file',
  TIMVideoFileElem: 'video',
}
/** Tencent creates no longer ones. */
const MAX_URL = 4096

/** Images, voices, files and videos of a MsgBody, and of the messages that it forwards, each with its URL. */
export function filesOf(msgBody: readonly unknown[]): MediaFile[] {
  const files: MediaFile[] = []
  // A work list, so that nesting does not use the stack.
  const open = [msgBody]
  for (let body = open.pop(); body; body = open.pop()) {
    for (const element of body) {
      if (!isObject(element) || !isObject(element['MsgContent'])) continue
      const { MsgContent: content, MsgType: type } = element
      if (type === 'TIMRelayElem')
        for (const message of listOf(content['MsgList'])) if (isObject(message)) open.push(listOf(message['MsgBody']))
      const kind = KIND_OF[String(type)]
      const url = kind && urlOf(kind, content)
      if (kind && url !== undefined) files.push({ kind, url })
    }
  }
  return files
}

function urlOf(kind: Media, content: JsonObject): string | undefined {
  // The original is the first of the sizes if it is there.
  const sizes = kind === 'image' ? listOf(content['ImageInfoArray']).filter(isObject) : [content]
  const ordered = sizes.toSorted((a, b) => Number(a['Type'] ?? 9) - Number(b['Type'] ?? 9))
  return ordered
    .flatMap((size) => [size['URL'], size['Url'], size['VideoUrl']])
    .find((url): url is string => typeof url === 'string' && url.length <= MAX_URL && /^https?:\/\//.test(url))
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
