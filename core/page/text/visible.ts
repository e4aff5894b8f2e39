/** A run of text, or one invisible character, by its code. */
export interface Piece {
  readonly text: string
  readonly hidden: boolean
}

/** Controls, formats (overrides of direction among them), lone surrogates, and separators of lines. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\u2028\u2029]/gu
/** White space, and characters that join emoji and the letters of some scripts. */
const KEPT = new Set(['\n', '\r', '\t', '\u200C', '\u200D'])

/**
 * Splits a text at characters that are invisible or that change the order of others. They become
 * `U+202E` and so on, so that what a person reads is what is there.
 */
export function visiblePieces(text: string): Piece[] {
  const pieces: Piece[] = []
  let from = 0
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    if (KEPT.has(character)) continue
    if (index > from) pieces.push({ text: text.slice(from, index), hidden: false })
    pieces.push({ text: codeOf(character), hidden: true })
    from = index + character.length
  }
  if (from < text.length) pieces.push({ text: text.slice(from), hidden: false })
  return pieces
}

function codeOf(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

/** The first characters of a text; never half of one. */
export function cutText(text: string, length: number): string {
  if (text.length <= length) return text
  const isSplit = /[\uD800-\uDBFF]/.test(text.charAt(length - 1))
  return text.slice(0, isSplit ? length - 1 : length)
}
