import type { Complain } from './client/report-background-error.ts'
import type { Consumer } from './consume/consumer.ts'
import type { Leases } from './lease/leases.ts'
import type { Heard } from './partition/notification.ts'
import { listen } from './partition/subscribe.ts'
import type { Numbers } from './append/resequencer.ts'
import type { Connection, Run } from './client/run.ts'
import { ANSWER } from './scripts/answer.ts'

/** What was not told, or told in vain, is found so. */
const LOOK_MS = 1000
const RESULTS_MS = 86_400_000

interface Parts {
  readonly connection: Connection
  readonly run: Run
  readonly member: string
  readonly feeds: readonly Consumer[]
  readonly leases: Leases
  readonly numbers: Numbers
  readonly onOthers: () => void
  readonly complain: Complain
}

/** Sees to what other processes have stored, freed and asked for: when it is told, and now and then. */
export function createAttention({ connection, run, member, feeds, leases, numbers, onOthers, complain }: Parts) {
  let stopListening: () => void = () => undefined
  let timer: NodeJS.Timeout | undefined

  const answer = async (): Promise<void> => {
    while ((await run<number>(ANSWER, RESULTS_MS)) === 1) for (const feed of feeds) feed.look()
  }
  const look = (): void => {
    void answer().catch(complain)
    for (const feed of feeds) feed.look()
  }
  const tell = ({ came, entries }: Heard): void => {
    // What they are is not told.
    if (came.length > 0) numbers.restart()
    if (entries.length > 0) onOthers()
    for (const feed of feeds) {
      for (const n of came) feed.came(n)
      for (const { n, entry, plugins, stored } of entries) {
        if (plugins.includes(feed.plugin)) feed.stored(n, { ...stored, entry, received: undefined })
      }
      feed.pump()
    }
  }
  const back = (): void => {
    leases.renewSoon()
    look()
  }
  const begin = (): void => {
    leases.reset()
    numbers.restart()
    for (const feed of feeds) feed.reset()
  }

  return {
    start(): void {
      connection.client.on('ready', begin)
      stopListening = listen(connection, member, {
        // As with what this process has stored: the answers go out first.
        onHeard: (heard) => void setImmediate(() => numbers.take(heard.number, () => tell(heard))),
        onFree: () => leases.renewSoon(),
        onAsked: look,
        onBegin: () => numbers.restart(),
        onBack: back,
      })
      timer = setInterval(look, LOOK_MS).unref()
    },
    stop(): void {
      connection.client.off('ready', begin)
      stopListening()
      clearInterval(timer)
    },
  }
}
