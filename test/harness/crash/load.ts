import { Agent, request } from 'node:http'
import type { Deeds } from './plugins.ts'
import { nowMicros, type Sent } from './record.ts'

export const APP = 1400000000
const COMMAND = 'Group.CallbackAfterGroupFull'
/** Concurrent connections, each with its own groups, so that the order within a group is known. */
const CONNECTIONS = 8
const GROUPS = 12
/** Connections whose callbacks all belong to one group. */
const CROWDED = 2

/** What a callback does, by its number and whether its group is a busy one. */
export type DeedsOf = (n: number, isCrowded: boolean) => Deeds

export interface Load {
  readonly count: number
  readonly first: number
  readonly deedsOf: DeedsOf
  /** The current addresses of the servers. The load ends when there are none. */
  readonly urls: () => readonly string[]
  /** Called with each number before it is sent. */
  readonly onSend: (index: number) => void
}

const MAX_PREFETCH_PER_KEY = 'crowd '

export function isCrowd(group: string): boolean {
  return group.startsWith(MAX_PREFETCH_PER_KEY)
}

/** Sends callbacks over several connections, those of a group one after the other. */
export async function underLoad({ count, first, deedsOf, urls, onSend }: Load): Promise<Sent[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const sent: Sent[] = []
  let next = 0
  const connection = async (_: unknown, number: number): Promise<void> => {
    const isCrowded = number < CROWDED
    while (next < count && urls().length > 0) {
      onSend(next)
      const n = first + next++
      const group = isCrowded ? `${MAX_PREFETCH_PER_KEY}${number}` : `${number} ${n % GROUPS}`
      const all = urls()
      const url = all[n % all.length]
      if (url === undefined) return
      const body = { CallbackCommand: COMMAND, GroupId: group, EventTime: n, ...deedsOf(n, isCrowded) }
      const status = await post(url, agent, body).catch(() => 0)
      sent.push({ n, group, at: status === 200 ? nowMicros() : undefined })
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, connection))
  agent.destroy()
  return sent
}

function post(url: string, agent: Agent, body: object): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const target = `${url}?SdkAppid=${APP}&CallbackCommand=${COMMAND}`
    const sending = request(target, { method: 'POST', agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode))
      response.on('error', reject)
    })
    sending.on('error', reject)
    sending.end(JSON.stringify(body))
  })
}
