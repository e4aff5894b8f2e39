import { createLayers, type Layer } from './evasions/layers.ts'
import { type Automaton, compile } from './search/automaton.ts'
import { createFold, type Folded } from './search/fold.ts'
import { graphemes } from './search/graphemes.ts'
import type { Options } from './options.ts'
import { Search, type Span } from './search/search.ts'
import { readWords } from './words.ts'

/** A text with its words masked. */
export interface Masked {
  readonly text: string
  /** How many passages were masked; matches that overlap or touch count once. */
  readonly count: number
}

export interface Filter {
  /** How many different words there are. */
  readonly words: number
  mask(text: string): Masked
}

/**
 * Reads and compiles the words of the options.
 * @throws Error that says which options or words are wrong
 */
export async function createFilter(options: Options): Promise<Filter> {
  const { mask } = options
  // Tested between letters, since a combining mark, say, would join its neighbour.
  if (graphemes(`a${mask}${mask}a`).length !== 4) throw new Error('options.mask: expected one character')
  const fold = createFold(options)
  const { patterns, sources } = await readWords(options, fold)
  const automaton = compile(patterns)
  const layers = await createLayers(sources, options, fold, options.gap)
  return {
    words: patterns.length,
    mask(text) {
      const folded = fold(text)
      const passages = find(folded, automaton, layers, options.wholeWords)
      return passages.length === 0 ? { text, count: 0 } : maskUnits(folded.units, passages, mask)
    },
  }
}

/** Where words are, in units of the text; `end` is exclusive. */
function find(text: Folded, automaton: Automaton, layers: readonly Layer[], wholeWords: boolean): Span[] {
  const { symbols, unitOf } = text
  const place = (start = 0, last = 0): Span => ({ start, end: last + 1 })
  const { spans } = new Search(automaton, symbols, wholeWords)
  const found = spans.map(({ start, end }) => place(unitOf[start], unitOf[end - 1]))
  for (const { automaton, read } of layers) {
    const { symbols, first, last, breaks, isPlausible } = read(text)
    for (const { start, end } of new Search(automaton, symbols, wholeWords, breaks).spans)
      if (isPlausible(start, end)) found.push(place(first[start], last[end - 1]))
  }
  return found
}

function maskUnits(units: readonly string[], passages: readonly Span[], mask: string): Masked {
  // +1 where a match begins and -1 after its end: the running sum is the number of matches around a character.
  const changes = new Int32Array(units.length + 1)
  const count = (index: number, by: number): void => {
    changes[index] = (changes[index] ?? 0) + by
  }
  for (const { start, end } of passages) {
    count(start, 1)
    count(end, -1)
  }
  let depth = 0
  let merged = 0
  const masked = units.map((unit, index) => {
    const before = depth
    depth += changes[index] ?? 0
    if (before === 0 && depth > 0) merged++
    return depth > 0 ? mask : unit
  })
  return { text: masked.join(''), count: merged }
}
