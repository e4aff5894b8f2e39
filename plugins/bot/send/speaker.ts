import type { Rest } from 'timhook/plugin'
import type { Incoming } from '../incoming.ts'
import type { Options } from '../options.ts'

/** Shows one answer. */
export interface Speaker {
  /** Whether it shows text while it grows. */
  readonly grows: boolean
  /** Shows the text so far; `added` is the new part. */
  show(text: string, added: string): Promise<void>
  /** Shows the rest. */
  finish(text: string, added: string): Promise<void>
}

interface SpeakerDeps {
  readonly rest: Rest
  readonly signal: AbortSignal
  readonly options: Options
  readonly to: Incoming
}

export function createSpeaker(deps: SpeakerDeps): Speaker {
  const { show } = deps.options
  // Tencent streams to one account only (intl 71131).
  if (show === 'stream' && deps.to.group === undefined) return streaming(deps)
  return show === 'edit' ? editing(deps) : whole(deps)
}

function whole(deps: SpeakerDeps): Speaker {
  return { grows: false, show: async () => undefined, finish: async (text) => void (await sendOne(deps, text)) }
}

function streaming({ rest, signal, options, to }: SpeakerDeps): Speaker {
  let key: string | undefined
  const add = async (Chunk: string, Finish: 0 | 1): Promise<void> => {
    const request = { From_Account: options.account, To_Account: to.from, Chunk, Finish }
    const { MsgKey } = await rest.sendStreamMsg({ ...request, ...(key !== undefined && { MsgKey: key }) }, { signal })
    key ??= MsgKey
  }
  return { grows: true, show: (_, added) => add(added, 0), finish: (_, added) => add(added, 1) }
}

function editing(deps: SpeakerDeps): Speaker {
  let change: ((text: string) => Promise<void>) | undefined
  const show = async (text: string): Promise<void> => {
    if (change) await change(text)
    else change = await sendOne(deps, text)
  }
  return { grows: true, show, finish: show }
}

/** Sends a message, and returns a function that changes its text. */
async function sendOne(
  { rest, signal, options, to }: SpeakerDeps,
  text: string,
): Promise<(text: string) => Promise<void>> {
  const From_Account = options.account
  const bodyOf = (Text: string) => ({ MsgBody: [{ MsgType: 'TIMTextElem' as const, MsgContent: { Text } }] })
  const topic = to.topic === undefined ? {} : { TopicId: to.topic }
  if (to.group === undefined) {
    const ends = { From_Account, To_Account: to.from }
    const { MsgKey } = await rest.sendMsg({ ...ends, ...bodyOf(text) }, { signal })
    return async (later) => void (await rest.modifyC2cMsg({ ...ends, MsgKey, ...bodyOf(later) }, { signal }))
  }
  const GroupId = to.group
  const { MsgSeq } = await rest.sendGroupMsg({ GroupId, From_Account, ...topic, ...bodyOf(text) }, { signal })
  return async (later) => void (await rest.modifyGroupMsg({ GroupId, MsgSeq, ...topic, ...bodyOf(later) }, { signal }))
}
