import type { Bus } from '../../../core/observe/bus.ts'

/** Resolves when so many handlers are done, or so many of another event have come. */
export function counted(
  bus: Bus,
  count: number,
  event: 'handler:done' | 'handler:failed' | 'callback:dead' | 'callback:resent' = 'handler:done',
): Promise<void> {
  let seen = 0
  return new Promise((resolve) => bus.on(event, () => void (++seen === count && resolve())))
}
