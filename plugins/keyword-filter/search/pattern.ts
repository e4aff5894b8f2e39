import type { Fold } from './fold.ts'

/** The wildcards before the first or after the last literal character of a word. */
export interface Edge {
  /** Exactly this many characters, one for each `?`. */
  readonly skip: number
  /** A `*`: the rest of the written word that the match is in. */
  readonly star: boolean
}

/** How many characters may be between two pieces. */
export interface Gap {
  readonly min: number
  readonly max: number
}

/** A word for the automaton: `a?b*c` has the pieces a, b, c, and the gaps 1 to 1 and 0 to the longest. */
export interface Pattern {
  readonly before: Edge
  readonly pieces: readonly (readonly string[])[]
  /** One fewer than pieces. */
  readonly gaps: readonly Gap[]
  readonly after: Edge
}

const MAX_LENGTH = 100
const TOKEN = /\\[\\*?#]|[^]/gu

/**
 * Parses a word. `gap` is the most characters that a `*` within it matches.
 * @throws Error that says what is wrong without quoting the word
 */
export function parsePattern(source: string, fold: Fold, gap: number): Pattern {
  if (source.trim() === '') throw new Error('is empty')
  const { edges, pieces } = split(source, fold)
  const before = edges[0]
  const after = edges.at(-1)
  if (!before || !after || pieces.length === 0) throw new Error('needs a character other than * and ?')
  const gaps = edges.slice(1, -1).map(({ skip, star }) => ({ min: skip, max: skip + (star ? gap : 0) }))
  const length = [...pieces.map((piece) => piece.length), ...edges.map(({ skip }) => skip)].reduce((a, b) => a + b)
  if (length > MAX_LENGTH) throw new Error(`is longer than ${MAX_LENGTH} characters`)
  return { before, pieces, gaps, after }
}

/** The pieces, and the edges around them: one more than pieces. */
function split(source: string, fold: Fold): { edges: Edge[]; pieces: (readonly string[])[] } {
  const pieces: (readonly string[])[] = []
  const edges: Edge[] = []
  let edge: Edge = { skip: 0, star: false }
  let literal = ''
  const endLiteral = (): void => {
    const { symbols } = fold(literal)
    literal = ''
    // Invisible characters alone fold to nothing.
    if (symbols.length === 0) return
    pieces.push(symbols)
    edges.push(edge)
    edge = { skip: 0, star: false }
  }
  for (const [token] of source.matchAll(TOKEN)) {
    if (token !== '*' && token !== '?') literal += token.length > 1 && token.startsWith('\\') ? token.slice(1) : token
    else {
      endLiteral()
      edge = token === '*' ? { ...edge, star: true } : { ...edge, skip: edge.skip + 1 }
    }
  }
  endLiteral()
  return { pieces, edges: [...edges, edge] }
}
