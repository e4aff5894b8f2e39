const stops: (() => Promise<void>)[] = []

/** Runs when the test is over, last one first. */
export function stopAfterTest(stop: () => Promise<void>): void {
  stops.push(stop)
}

export const mochaHooks = {
  /**
   * This process goes on measuring. Threads and other processes would each write megabytes, most of it the same, which
   * took longer than the tests: what only they run is left out of the figures.
   */
  beforeAll(): void {
    delete process.env['NODE_V8_COVERAGE']
  },
  async afterEach(): Promise<void> {
    for (const stop of stops.splice(0).toReversed()) await stop()
  },
}
