import type { Server } from 'node:http'
import type { Socket } from 'node:net'
import { Server as TlsServer } from 'node:tls'
import { idleSince, lastResponse } from './in-flight.ts'

/** If a scan finds no connection to close, new ones are closed for this long without another scan. */
const FRUITLESS_MS = 100

/** What a connection is waiting for. */
type Waits = 'for a request' | 'for the rest of one' | 'for our answer'

interface Candidate {
  readonly socket: Socket
  readonly since: number
}

/**
 * Limits the open connections. Each new connection above the limit closes one: the one that has been idle longest; if
 * none is idle, the one whose request has been incomplete longest; if all of them wait for our answer, the new one.
 * @param onFull called for each connection that is closed
 */
export function limitConnections(server: Server, maxConnections: number, onFull: (connections: number) => void): void {
  const open = new Set<Socket>()
  /** Connections that were idle at the last scan, longest idle last. Entries that were answered since are skipped. */
  let queue: Candidate[] = []
  let fruitlessUntil = 0
  const isSecure = server instanceof TlsServer

  const longestIdle = (newcomer: Socket): Socket | undefined => {
    for (let fresh = false; ; fresh = true) {
      for (let next = queue.pop(); next; next = queue.pop()) {
        const { socket, since } = next
        if (socket === newcomer || !open.has(socket) || idleSince(socket) !== since) continue
        if (waits(socket) !== 'for our answer') return socket
      }
      if (fresh || performance.now() < fruitlessUntil) return undefined
      queue = candidates(open, newcomer)
      if (queue.length === 0) fruitlessUntil = performance.now() + FRUITLESS_MS
    }
  }

  const add = (socket: Socket): void => {
    open.add(socket)
    idleSince(socket)
    socket.once('close', () => open.delete(socket))
  }
  /** Connections whose TLS handshake is under way. */
  const handshakes = new Map<string, Socket>()
  server.on('secureConnection', (socket: Socket) => {
    const key = keyOf(socket)
    const raw = handshakes.get(key)
    handshakes.delete(key)
    if (raw) open.delete(raw)
    add(socket)
  })
  server.on('connection', (socket) => {
    add(socket)
    if (isSecure) {
      const key = keyOf(socket)
      handshakes.set(key, socket)
      socket.once('close', () => handshakes.get(key) === socket && handshakes.delete(key))
    }
    if (open.size <= maxConnections) return
    const closing = longestIdle(socket) ?? socket
    open.delete(closing)
    closing.destroy()
    onFull(maxConnections)
  })
}

/** Identifies a connection by both ends: a TLS socket has those of the connection below it. */
function keyOf({ localAddress, localPort, remoteAddress, remotePort }: Socket): string {
  return `${localAddress} ${localPort} ${remoteAddress} ${remotePort}`
}

function candidates(open: ReadonlySet<Socket>, newcomer: Socket): Candidate[] {
  const others = [...open].filter((socket) => socket !== newcomer)
  const of = (wanted: Waits): Candidate[] =>
    others.filter((socket) => waits(socket) === wanted).map((socket) => ({ socket, since: idleSince(socket) }))
  const idle = of('for a request')
  return (idle.length > 0 ? idle : of('for the rest of one')).toSorted((a, b) => b.since - a.since)
}

function waits(socket: Socket): Waits {
  const last = lastResponse(socket)
  if (!last) return 'for a request'
  if (!last.req.complete) return 'for the rest of one'
  return last.writableFinished ? 'for a request' : 'for our answer'
}
