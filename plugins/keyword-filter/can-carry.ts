import { isObject } from './message.ts'

// A message of 12 KB has fewer levels, and JSON.stringify, which fails for want of stack, takes several times as many.
const MAX_LEVELS = 2000

/** Whether an answer can carry a message: elements without type or content are refused in it, endless nesting breaks it. */
export function canCarry(msgBody: readonly unknown[]): boolean {
  const isWhole = msgBody.every(
    (element) => isObject(element) && typeof element['MsgType'] === 'string' && isObject(element['MsgContent']),
  )
  return isWhole && !isDeep(msgBody)
}

function isDeep(value: unknown): boolean {
  // Level by level in place of recursion: nesting costs no stack.
  let level: unknown[] = [value]
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_LEVELS) return true
    const next: unknown[] = []
    for (const one of level)
      if (typeof one === 'object' && one !== null) for (const inner of Object.values(one)) next.push(inner)
    level = next
  }
  return false
}
