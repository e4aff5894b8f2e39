import { isMainThread, parentPort, Worker } from 'node:worker_threads'
import { isThenable } from '../../lib/timeout.ts'
import type { FromPlugin, ToPlugin } from '../wire/messages.ts'
import { encodeError } from '../wire/wire-error.ts'
import type { GuardData } from './guard.ts'
import { PluginThread } from './plugin-thread.ts'
import { Server } from './server.ts'

/*
 * Runs one plugin, in a thread of the server or as its child process.
 */

// Taken before any code of the plugin runs.
const exit = process.exit.bind(process)
const port = parentPort
const send = process.send?.bind(process)

function post(message: FromPlugin, then: () => void = () => undefined): void {
  if (port) {
    port.postMessage(message)
    then()
  } else send?.(message, undefined, undefined, then)
}

const server = new Server((message) => post(message))
const plugin = new PluginThread(server)

function receive(message: ToPlugin): void {
  switch (message.kind) {
    case 'call':
      return answer(message.n, () => plugin.call(message.n, message.data))
    case 'reply':
      return server.replied(message)
    case 'abort':
      return plugin.abort(message.n, message.error)
    case 'observe':
      return answer(message.n, () => plugin.observe(message.data.on, message.data.name, message.data.event))
    case 'ping':
      return post({ kind: 'pong' })
    case 'load':
      return answer(message.n, () => plugin.load(message.data))
    case 'setup':
      return answer(message.n, () => plugin.setUp(message.data))
    case 'command':
      return answer(message.n, () => plugin.command(message.data))
    case 'stopping':
      return plugin.stop(message.error)
    case 'close':
      return answer(message.n, () => plugin.close())
  }
}

function answer(n: number, work: () => unknown): void {
  const failed = (error: unknown): void => {
    plugin.ended(n)
    plugin.outlet.flush()
    post({ kind: 'reply', n, error: encodeError(error) })
  }
  const done = (value: unknown): void => {
    plugin.ended(n)
    plugin.outlet.flush()
    try {
      post(value === undefined ? { kind: 'reply', n } : { kind: 'reply', n, value })
    } catch (error) {
      failed(error)
    }
  }
  try {
    const value = work()
    if (isThenable(value)) value.then(done, failed)
    else done(value)
  } catch (error) {
    failed(error)
  }
}

process.on('unhandledRejection', (error) => post({ kind: 'stray', error: encodeError(error), isFatal: false }))
// Its state may be inconsistent. Another thread or process takes its place.
process.on('uncaughtException', (error) => {
  post({ kind: 'stray', error: encodeError(error), isFatal: true }, () => exit(1))
})

if (port) port.on('message', (message: ToPlugin) => receive(message))
else {
  const [parent, maxRss, name = ''] = process.argv.slice(2)
  process.title = name
  // The server decides when this process ends: a signal to the whole group would cut off calls under way.
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const) process.on(signal, () => undefined)
  process.on('disconnect', () => exit(0))
  const workerData: GuardData = { parent: Number(parent), maxRss: Number(maxRss) }
  if (isMainThread) new Worker(new URL('./guard.js', import.meta.url), { workerData }).unref()
  process.on('message', (message: ToPlugin) => receive(message))
}
