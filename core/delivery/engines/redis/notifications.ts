import type { ReportBackgroundError } from './client/report-background-error.ts'
import type { Consumer } from './consume/consumer.ts'
import type { Leases } from './lease/leases.ts'
import type { Notification } from './partition/notification.ts'
import { subscribe } from './partition/subscribe.ts'
import type { Resequencer } from './append/resequencer.ts'
import type { Connection, Run } from './client/run.ts'
import { ANSWER } from './scripts/answer.ts'

/** Polling finds what no notification brought. */
const POLL_MS = 1000
const RESULTS_MS = 86_400_000

interface NotificationsDeps {
  readonly connection: Connection
  readonly run: Run
  readonly member: string
  readonly consumers: readonly Consumer[]
  readonly leases: Leases
  readonly resequencer: Resequencer
  readonly onOtherWriter: () => void
  readonly reportBackgroundError: ReportBackgroundError
}

/** Acts on what other processes store, release and request: on their notifications, and by polling. */
export function createNotifications({
  connection,
  run,
  member,
  consumers,
  leases,
  resequencer,
  onOtherWriter,
  reportBackgroundError,
}: NotificationsDeps) {
  let stopListening: () => void = () => undefined
  let timer: NodeJS.Timeout | undefined

  const answerRequests = async (): Promise<void> => {
    while ((await run<number>(ANSWER, RESULTS_MS)) === 1) for (const consumer of consumers) consumer.poll()
  }
  const poll = (): void => {
    void answerRequests().catch(reportBackgroundError)
    for (const consumer of consumers) consumer.poll()
  }
  const receive = ({ dirty, entries }: Notification): void => {
    // These entries are only named by their partition.
    if (dirty.length > 0) resequencer.restart()
    if (entries.length > 0) onOtherWriter()
    for (const consumer of consumers) {
      for (const n of dirty) consumer.markDirty(n)
      for (const { n, entry, plugins, stored } of entries) {
        if (plugins.includes(consumer.plugin)) consumer.stored(n, { ...stored, entry, received: undefined })
      }
      consumer.pump()
    }
  }
  const subscribed = (): void => {
    leases.renewSoon()
    poll()
  }
  const reconnected = (): void => {
    leases.reset()
    resequencer.restart()
    for (const consumer of consumers) consumer.reset()
  }

  return {
    start(): void {
      connection.client.on('ready', reconnected)
      stopListening = subscribe(connection, member, {
        // As with entries of this process, the HTTP answers go out first.
        onNotification: (notification) =>
          void setImmediate(() => resequencer.take(notification.number, () => receive(notification))),
        onFree: () => leases.renewSoon(),
        onRequest: poll,
        onReady: () => resequencer.restart(),
        onSubscribed: subscribed,
      })
      timer = setInterval(poll, POLL_MS).unref()
    },
    stop(): void {
      connection.client.off('ready', reconnected)
      stopListening()
      clearInterval(timer)
    },
  }
}
