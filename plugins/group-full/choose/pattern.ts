/** Creates the test whether a text matches one of the patterns. `*` matches any text, even none. */
export function matcher(patterns: readonly string[]): (text: string) => boolean {
  const parts = patterns.map((pattern) => pattern.split('*'))
  return (text) => parts.some((pieces) => fits(text, pieces))
}

/** Matches in one pass: each piece at its first occurrence, the last one at the end. */
function fits(text: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const piece of others) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
