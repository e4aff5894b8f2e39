import { connect } from 'node:net'

/**
 * Writes bytes to a socket as they are and returns everything received until the other side closes.
 * @param options.end whether to close our side once the bytes are written
 */
export function exchange(port: number, bytes: string | Buffer, options: { end?: boolean } = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1')
    let received = ''
    socket.setEncoding('utf8')
    socket.on('data', (chunk: string) => (received += chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(received))
    socket.write(bytes, () => {
      if (options.end ?? false) socket.end()
    })
  })
}

/** Status and body of the first response in the bytes read from a socket. */
export function parseResponse(text: string): { status: number; head: string; body: string } {
  const [head = '', ...rest] = text.split('\r\n\r\n')
  return { status: Number(head.split(' ')[1]), head, body: rest.join('\r\n\r\n') }
}
