// A message of 12 KB has fewer levels, and JSON.stringify, which fails for want of stack, takes several times as many.
const MAX_LEVELS = 2000

/** Whether an answer can carry a message: endless nesting breaks it. */
export function canCarry(msgBody: readonly unknown[]): boolean {
  // Level by level in place of recursion: nesting costs no stack.
  let level: readonly unknown[] = msgBody
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_LEVELS) return false
    const next: unknown[] = []
    for (const one of level)
      if (typeof one === 'object' && one !== null) for (const inner of Object.values(one)) next.push(inner)
    level = next
  }
  return true
}
