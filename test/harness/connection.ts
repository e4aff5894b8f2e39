import { once } from 'node:events'
import { connect } from 'node:net'
import { stopAfterTest } from './hooks.ts'
import { parseResponse } from './wire.ts'

/** One response as received. */
export type WireResponse = ReturnType<typeof parseResponse>

/** A connection that stays open. The test decides what is sent when. */
export interface Connection {
  /** Writes bytes as they are. */
  send: (bytes: string | Buffer) => void
  /** The next whole response, or only its head if the request was HEAD. Rejects if the server closes before that. */
  answer: () => Promise<WireResponse>
  /** Closes our side and keeps reading. */
  end: () => void
  /** Breaks the connection. */
  destroy: () => void
  /** Resolves when it is closed. */
  readonly closed: Promise<unknown>
}

export async function openConnection(port: number): Promise<Connection> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true })
  socket.setEncoding('latin1')
  await once(socket, 'connect')
  stopAfterTest(async () => void socket.destroy())
  let received = ''
  let notify = nothing
  const closed = new Promise((resolve) => socket.on('close', resolve))
  socket.on('data', (chunk: string) => {
    received += chunk
    notify()
  })
  socket.on('error', nothing)
  socket.on('close', () => notify())

  return {
    closed,
    send: (bytes) => void socket.write(bytes),
    end: () => void socket.end(),
    destroy: () => void socket.destroy(),
    answer: () =>
      new Promise((resolve, reject) => {
        notify = () => {
          const end = lengthOfFirst(received)
          if (end !== undefined) {
            notify = nothing
            const text = Buffer.from(received.slice(0, end), 'latin1').toString()
            received = received.slice(end)
            resolve(parseResponse(text))
          } else if (socket.destroyed) reject(new Error(`closed after ${JSON.stringify(received)}`))
        }
        notify()
      }),
  }
}

/** A request's bytes. Adds Host and the correct Content-Length unless `headers` has them. */
export function requestText(line: string, body = '', headers: readonly string[] = []): string {
  const given = headers.some((header) => /^(?:content-length|transfer-encoding):/i.test(header))
  const length = given ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]
  return `${[`${line} HTTP/1.1`, 'Host: test', ...length, ...headers].join('\r\n')}\r\n\r\n${body}`
}

/** A body of several chunks. */
export function chunked(pieces: readonly (string | Buffer)[]): Buffer {
  const chunks = pieces.flatMap((piece) => {
    const bytes = Buffer.from(piece)
    return [Buffer.from(`${bytes.length.toString(16)}\r\n`), bytes, Buffer.from('\r\n')]
  })
  return Buffer.concat([...chunks, Buffer.from('0\r\n\r\n')])
}

function lengthOfFirst(text: string): number | undefined {
  const head = text.indexOf('\r\n\r\n')
  if (head === -1) return undefined
  const length = Number(/^content-length: (\d+)/im.exec(text.slice(0, head))?.[1] ?? 0)
  const end = head + 4 + length
  return text.length < end ? undefined : end
}

function nothing(): void {}
