// A message of 12 KB has fewer levels. JSON.stringify runs out of stack at several times as many.
const MAX_LEVELS = 2000

/** Whether an answer can carry a message: one that is nested too deeply cannot be serialized. */
export function canCarry(msgBody: readonly unknown[]): boolean {
  // Level by level, so that nesting does not use the stack.
  let level: readonly unknown[] = msgBody
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_LEVELS) return false
    const next: unknown[] = []
    for (const value of level)
      if (typeof value === 'object' && value !== null) for (const inner of Object.values(value)) next.push(inner)
    level = next
  }
  return true
}
