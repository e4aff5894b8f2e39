import { connect, type Socket } from 'node:net'
import type { Template } from './callbacks.ts'

const OK = '2'.charCodeAt(0)
const STATUS_AT = 9

/** Called for each answer, with whether its status was 2xx, and for a connection that the server has closed. */
export interface Listener {
  readonly onAnswer: (connection: BenchConnection, ok: boolean) => void
  readonly onClose: () => void
}

/** A keep-alive connection with at most one request in flight. */
export class BenchConnection {
  /** The bytes of its request. Its number is written into them. */
  bytes = Buffer.alloc(0)
  /** The template of the bytes. */
  template: Template | undefined
  /** When its request went out, or should have. */
  sentAt = 0
  readonly ready: Promise<void>
  readonly #socket: Socket
  readonly #listener: Listener
  readonly #split: boolean
  #expected = 0
  #received: Buffer[] = []

  /** @param split whether bodies follow their heads in a separate segment */
  constructor(port: number, listener: Listener, split: boolean) {
    this.#split = split
    this.#listener = listener
    const buffer = Buffer.allocUnsafe(65_536)
    this.#socket = connect({
      host: '127.0.0.1',
      port,
      noDelay: true,
      onread: {
        buffer,
        callback: (length) => {
          this.#read(buffer.subarray(0, length))
          return true
        },
      },
    })
    this.ready = new Promise((resolve, reject) => {
      this.#socket.once('connect', resolve)
      this.#socket.on('error', reject)
    })
    this.#socket.on('close', () => listener.onClose())
  }

  send(): void {
    if (!this.#split) this.#socket.write(this.bytes)
    else {
      this.#socket.write(this.bytes.subarray(0, this.template?.bodyAt))
      // A second write in the same turn often ends up in the same segment, or in the same read on the other side.
      setImmediate(() => this.#socket.write(this.bytes.subarray(this.template?.bodyAt)))
    }
  }

  close(): void {
    this.#socket.removeAllListeners('close')
    this.#socket.destroy()
  }

  #read(chunk: Buffer): void {
    // All answers of a server have the same length, so a chunk of that length is a whole answer.
    if (this.#received.length === 0 && chunk.length === this.#expected) {
      this.#listener.onAnswer(this, chunk[STATUS_AT] === OK)
      return
    }
    this.#received.push(Buffer.from(chunk))
    const whole = Buffer.concat(this.#received)
    const length = lengthOf(whole)
    if (length === undefined || whole.length < length) return
    this.#received = []
    const ok = whole[STATUS_AT] === OK
    if (ok) this.#expected = length
    this.#listener.onAnswer(this, ok)
  }
}

function lengthOf(bytes: Buffer): number | undefined {
  const head = bytes.indexOf('\r\n\r\n')
  if (head === -1) return undefined
  const text = bytes.toString('latin1', 0, head)
  return head + 4 + Number(/^content-length: (\d+)/im.exec(text)?.[1] ?? 0)
}
