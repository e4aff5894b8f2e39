const stops: (() => Promise<void>)[] = []

/** Runs when the test is over, last one first. */
export function stopAfterTest(stop: () => Promise<void>): void {
  stops.push(stop)
}

export const mochaHooks = {
  async afterEach(): Promise<void> {
    for (const stop of stops.splice(0).toReversed()) await stop()
  },
}
