const stops: (() => Promise<void>)[] = []

/** Runs after the test, last one first. */
export function stopAfterTest(stop: () => Promise<void>): void {
  stops.push(stop)
}

// Mocha's processes have a second to end before they get this signal. To write what was measured takes longer on a busy
// machine, and coverage would lack what they ran.
if (process.env['MOCHA_WORKER_ID'] !== undefined) process.on('SIGTERM', () => undefined)

export const mochaHooks = {
  /**
   * This process keeps measuring. Threads and other processes would each write megabytes, mostly the same, which
   * took longer than the tests. So code that only they run is missing in the figures.
   */
  beforeAll(): void {
    delete process.env['NODE_V8_COVERAGE']
  },
  async afterEach(): Promise<void> {
    for (const stop of stops.splice(0).toReversed()) await stop()
  },
}
