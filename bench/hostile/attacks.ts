import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** An app without a token, so anybody can send its callbacks. */
export const OPEN_APP = 1400000001

const MB = 1024 * 1024
const SLOW_BODIES = 800
const IDLE = 12_000
const AHEAD = 5000

export interface Attack {
  readonly name: string
  readonly what: string
  /** Attacks this machine until `untilMs`, by `Date.now()`. */
  readonly run: (port: number, untilMs: number) => Promise<void>
}

function request(command: string, body: string, length = Buffer.byteLength(body)): string {
  const target = `/?SdkAppid=${OPEN_APP}&CallbackCommand=${command}`
  return `POST ${target} HTTP/1.1\r\nHost: a\r\nContent-Length: ${length}\r\n\r\n${body}`
}

const message = (text: string): string =>
  request(
    'Group.CallbackBeforeSendMsg',
    JSON.stringify({ GroupId: 'g', MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: text } }] }),
  )
const friends = (account: string): string =>
  request('Sns.CallbackPrevFriendAdd', `{"FriendItem":[{"To_Account":${account}}]}`)

/** Sends repeatedly on this many connections, whenever part of an answer has arrived. */
function flood(port: number, connections: number, pieces: readonly string[], untilMs: number): Promise<void> {
  let sent = 0
  return holding(port, { connections }, untilMs, (socket) => {
    const send = (): void => void socket.write(pieces[sent++ % pieces.length] ?? '')
    socket.on('data', send)
    send()
  })
}

/** Holds this many connections open. Replaces closed ones, at most this many every 20 ms. */
async function holding(
  port: number,
  { connections, perTick = 200 }: { connections: number; perTick?: number },
  untilMs: number,
  use: (socket: Socket) => void,
): Promise<void> {
  const open = new Set<Socket>()
  while (Date.now() < untilMs) {
    for (let n = 0; n < perTick && open.size < connections; n++) {
      const socket = connect({ host: '127.0.0.1', port, noDelay: true })
      open.add(socket)
      socket.on('connect', () => use(socket))
      socket.on('error', () => undefined)
      socket.on('close', () => open.delete(socket))
    }
    await delay(20)
  }
  for (const socket of open) socket.destroy()
}

export const attacks: readonly Attack[] = [
  {
    name: 'texts',
    what: '1. texts of 64 kB that a plugin logs and throws',
    run: (port, untilMs) =>
      flood(
        port,
        4,
        ['a', '://a:', 'a://b:c@', '*', '\u202e'].map((unit) => message(unit.repeat(65_536 / unit.length))),
        untilMs,
      ),
  },
  {
    name: 'bodies',
    what: `2. ${SLOW_BODIES} sockets that send all but the last bytes of 1 MB`,
    run: (port, untilMs) => {
      const start = request('X.Y', `{"a":"${'x'.repeat(MB - 100)}`, MB)
      return holding(port, { connections: SLOW_BODIES, perTick: 16 }, untilMs, (socket) => void socket.write(start))
    },
  },
  {
    name: 'idle',
    what: `2. ${IDLE} connections, half of them with half a head`,
    run: (port, untilMs) => {
      let n = 0
      return holding(
        port,
        { connections: IDLE },
        untilMs,
        (socket) => void (n++ % 2 === 0 && socket.write('POST / HTTP/1.1\r\nHost: a')),
      )
    },
  },
  {
    name: 'ahead',
    what: `2. 4 sockets that send ${AHEAD} requests ahead`,
    run: (port, untilMs) => {
      const all = request('X.Y', '{}').repeat(AHEAD)
      return holding(port, { connections: 4 }, untilMs, (socket) => {
        let bytes = 0
        // Every answer is longer than 100 bytes.
        socket.on('data', (chunk: Buffer) => {
          bytes += chunk.length
          if (bytes < AHEAD * 100) return
          bytes = 0
          socket.write(all)
        })
        socket.write(all)
      })
    },
  },
  {
    name: 'types',
    what: '3. bodies that break types and nest 100,000 deep',
    run: (port, untilMs) =>
      flood(port, 2, [friends('{"toString":null}'), friends(`${'['.repeat(100_000)}${']'.repeat(100_000)}`)], untilMs),
  },
  {
    name: 'refused',
    what: '4. bodies that are refused, as many as possible',
    run: (port, untilMs) => flood(port, 8, [request('X.Y', 'no').repeat(50), request('X.Y', '[]').repeat(50)], untilMs),
  },
]
