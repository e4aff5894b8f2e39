import type { TestBroker } from './brokers.ts'

/** One broker for all tests of a suite, since some take long to start. */
export function sharedBroker(
  start: (atEnd: (stop: () => Promise<void>) => void) => Promise<TestBroker>,
): () => TestBroker {
  const stops: (() => Promise<void>)[] = []
  let broker: TestBroker | undefined
  before(async () => {
    broker = await start((stop) => void stops.push(stop))
  })
  after(async () => {
    for (const stop of stops.toReversed()) await stop()
  })
  return () => {
    if (!broker) throw new Error('no test runs')
    return broker
  }
}
