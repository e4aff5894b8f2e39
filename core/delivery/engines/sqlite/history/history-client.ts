import { Worker } from 'node:worker_threads'
import { TimhookError } from '../../../../errors.ts'
import type { History } from '../../../history.ts'
import { errorOf, type Reply } from '../worker/messages.ts'

/** A call of a method of History in the thread. */
export interface HistoryCall {
  readonly id: number
  readonly method: keyof History
  readonly args: readonly unknown[]
}

export interface HistoryReply extends Pick<Reply, 'result' | 'error'> {
  readonly id: number
}

const METHODS: readonly (keyof History)[] = [
  'backward',
  'forward',
  'end',
  'find',
  'deadLetters',
  'deadLetterCounts',
  'steps',
  'records',
  'backlogs',
  'holds',
  'request',
  'result',
  'erase',
  'isServed',
  'close',
]

/** A call that waits for its reply. */
interface Waiting {
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
}

/**
 * Opens the file of the server that runs in this process, in a separate thread, so that no search delays a callback. The
 * thread starts with the first call. It does not keep the process alive.
 */
export function openHistoryThread(file: string): History {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let lastId = 0

  const failAll = (message: string): void => {
    worker = undefined
    const error = new TimhookError('STORE_CLOSED', message)
    for (const { reject } of waiting.values()) reject(error)
    waiting.clear()
  }
  const started = (): Worker => {
    if (worker) return worker
    const thread = new Worker(new URL('./history-thread.js', import.meta.url), { workerData: file })
    thread.on('message', ({ id, result, error }: HistoryReply) => {
      const call = waiting.get(id)
      waiting.delete(id)
      if (waiting.size === 0) thread.unref()
      if (error) call?.reject(errorOf(error))
      else call?.resolve(result)
    })
    thread.on('error', (error: unknown) => failAll(`the thread of the history ended: ${String(error)}`))
    thread.on('exit', () => failAll('the history is closed'))
    worker = thread
    return thread
  }
  const call = (method: keyof History, args: readonly unknown[]): Promise<unknown> =>
    new Promise((resolve, reject) => {
      const thread = started()
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      thread.ref()
      thread.postMessage({ id, method, args } satisfies HistoryCall)
    })
  const methods = METHODS.map((method) => [method, (...args: readonly unknown[]) => call(method, args)])
  const history = Object.fromEntries(methods) as History
  return {
    ...history,
    async close() {
      const thread = worker
      if (!thread) return
      await history.close()
      await thread.terminate()
    },
  }
}
