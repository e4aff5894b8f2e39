import { graphemes } from './graphemes.ts'

/** A text as it is compared, and where each part of that stands in the text. */
export interface Folded {
  /** Grapheme clusters of the text as it came; joined they are the text. */
  readonly units: readonly string[]
  /** What is compared: grapheme clusters again. A unit becomes none (zero-width space), one, or several (`㎏`: k, g). */
  readonly symbols: readonly string[]
  /** For each symbol the index of its unit. */
  readonly unitOf: readonly number[]
}

export type Fold = (text: string) => Folded

const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

// No cluster that people write is longer, and normalizing takes quadratic time for endless combining marks.
const MAX_UNIT = 64

/**
 * Makes the folding of texts and words: NFKC, so that full-width forms and the like are those they stand for, invisible
 * characters left out, and case folded unless it matters.
 */
export function createFold({ caseSensitive }: { caseSensitive: boolean }): Fold {
  // Of single UTF-16 units only, so that it cannot grow without end.
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
  // The invisible ones first: some keep others from composing.
  return text.replace(INVISIBLE, '').normalize('NFKC')
}

/** By way of upper case, which is what makes ß ss and ς σ; first lower, for ẞ has no upper case. */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase()
}
