import type { Logger } from '../../observe/log.ts'

export type StopSignal = 'SIGTERM' | 'SIGINT'

/**
 * Stops on the first SIGTERM or SIGINT, and exits with the status from `stop`, or 1. A second signal exits at once, with 1,
 * and logs it.
 * @param endAtOnce called on the second signal
 */
export function stopOnSignals(
  stop: (signal: StopSignal) => Promise<number>,
  { log, endAtOnce = () => undefined }: { log: Logger; endAtOnce?: () => void },
): void {
  let stopping = false
  const onSignal = (signal: StopSignal): void => {
    if (stopping) {
      log.warn(`ended by a second signal (${signal}): the stop was cut short, and so was what was under way`)
      endAtOnce()
      process.exit(1)
    }
    stopping = true
    stop(signal).then(
      (status) => process.exit(status),
      () => process.exit(1),
    )
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}
