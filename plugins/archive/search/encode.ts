/** MySQL indexes no term beyond 84 characters, and none below 3. */
const MAX_ASCII = 60
const MAX_UNITS = 20

const ASCII = /^[a-z0-9]+$/
/** The hex digits of each UTF-16 unit so far. */
const digits: string[] = []

/**
 * A folded word in ASCII letters and digits: `zz` and the word, or `u` and its UTF-16 units in hex. If a word is a prefix
 * of another, so are their terms.
 */
export function encode(word: string): string {
  if (word.charCodeAt(0) < 128 && ASCII.test(word)) return `zz${word.slice(0, MAX_ASCII)}`
  let hex = 'u'
  const length = Math.min(word.length, MAX_UNITS)
  for (let index = 0; index < length; index++) hex += digitsOf(word.charCodeAt(index))
  return hex
}

function digitsOf(unit: number): string {
  return (digits[unit] ??= unit.toString(16).padStart(4, '0'))
}
