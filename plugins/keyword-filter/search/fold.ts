import { graphemes } from './graphemes.ts'

/** A folded text, and the position of each symbol in the original. */
export interface Folded {
  /** Grapheme clusters of the original text; joined they are the text. */
  readonly units: readonly string[]
  /** The folded grapheme clusters, which are compared. A unit becomes none (zero-width space), one, or several (`㎏`: k, g). */
  readonly symbols: readonly string[]
  /** For each symbol the index of its unit. */
  readonly unitOf: readonly number[]
}

export type Fold = (text: string) => Folded

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

// Nobody writes longer clusters, and normalizing takes quadratic time for many combining marks.
const MAX_UNIT = 64

/**
 * Creates a function that folds texts and words: NFKC, which turns full-width forms and the like into ordinary ones,
 * without invisible characters, and without case unless it matters.
 */
export function createFold({ caseSensitive }: { caseSensitive: boolean }): Fold {
  // Only for single UTF-16 units, so that the cache is bounded.
  const cache = new Map<string, readonly string[]>()

  const symbolsOf = (unit: string): readonly string[] => {
    const known = cache.get(unit)
    if (known) return known
    const clean = visible(unit.slice(0, MAX_UNIT))
    const folded = caseSensitive ? clean : visible(foldCase(clean))
    const symbols = graphemes(folded)
    if (unit.length === 1) cache.set(unit, symbols)
    return symbols
  }

  return (text) => {
    const units = graphemes(text)
    const symbols: string[] = []
    const unitOf: number[] = []
    for (const [index, unit] of units.entries()) {
      for (const symbol of symbolsOf(unit)) {
        symbols.push(symbol)
        unitOf.push(index)
      }
    }
    return { units, symbols, unitOf }
  }
}

function visible(text: string): string {
  // Invisible characters first: some prevent others from composing.
  return text.replace(INVISIBLE, '').normalize('NFKC')
}

/** Folds via upper case, which turns ß into ss and ς into σ. Lower case first, since ẞ has no upper case. */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase()
}
