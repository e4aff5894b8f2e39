import type { TestServer } from '../harness/server.ts'

/** Resolves when so many handlers are done. */
export function counted(bus: TestServer['bus'], count: number): Promise<void> {
  let done = 0
  return new Promise((resolve) => bus.on('handler:done', () => void (++done === count && resolve())))
}
