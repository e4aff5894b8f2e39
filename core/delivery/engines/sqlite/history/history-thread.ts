import { parentPort, workerData } from 'node:worker_threads'
import type { History } from '../../../history.ts'
import type { HistoryCall, HistoryReply } from './history-client.ts'
import { openOwnHistory } from './history.ts'
import { faultOf } from '../worker/messages.ts'

/** The thread of history-client.ts: searches outside the main thread. */
const port = parentPort
let opened: History | undefined

port?.on('message', ({ id, method, args }: HistoryCall) => {
  void answer(method, args).then((reply) => port.postMessage({ id, ...reply }))
})

async function answer(method: keyof History, args: readonly unknown[]): Promise<Omit<HistoryReply, 'id'>> {
  try {
    opened ??= openOwnHistory(workerData as string)
    const result = await (opened[method] as (...args: readonly unknown[]) => Promise<unknown>)(...args)
    return { result }
  } catch (error) {
    return { error: faultOf(error) }
  }
}
