/** Where the processes of a test that measure coverage write it; undefined where it is not measured. */
export const COVERAGE = process.env['NODE_V8_COVERAGE']

const stops: (() => Promise<void>)[] = []

/** Runs when the test is over, last one first. */
export function stopAfterTest(stop: () => Promise<void>): void {
  stops.push(stop)
}

export const mochaHooks = {
  /**
   * This process goes on measuring. Threads and other processes would each write megabytes, most of it the same: those of
   * harness/cli.ts are enough.
   */
  beforeAll(): void {
    delete process.env['NODE_V8_COVERAGE']
  },
  async afterEach(): Promise<void> {
    for (const stop of stops.splice(0).toReversed()) await stop()
  },
}
