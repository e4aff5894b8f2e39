import { connect, createServer, type AddressInfo, type Socket } from 'node:net'
import { stopAfterTest } from './hooks.ts'

/** A proxy in front of a port on this machine, which can cut everybody off. */
export interface Gate {
  readonly port: number
  /** Ends all connections, and accepts none. */
  close(): void
  open(): void
}

export async function startGate(to: number): Promise<Gate> {
  const sockets = new Set<Socket>()
  let isOpen = true
  const server = createServer((client) => {
    if (!isOpen) {
      client.destroy()
      return
    }
    const upstream = connect(to, '127.0.0.1')
    for (const [socket, other] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      sockets.add(socket)
      socket.on('error', () => undefined)
      socket.on('close', () => {
        sockets.delete(socket)
        other.destroy()
      })
      socket.pipe(other)
    }
  })
  const cut = (): void => {
    for (const socket of sockets) socket.destroy()
  }
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  stopAfterTest(async () => {
    cut()
    await new Promise((resolve) => server.close(resolve))
  })
  return {
    port: (server.address() as AddressInfo).port,
    close() {
      isOpen = false
      cut()
    },
    open: () => void (isOpen = true),
  }
}
