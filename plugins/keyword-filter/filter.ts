import { type Automaton, compile } from './search/automaton.ts'
import { createFold, type Fold } from './search/fold.ts'
import { graphemes } from './search/graphemes.ts'
import type { Options } from './options.ts'
import { Search } from './search/search.ts'
import { readPatterns } from './words.ts'

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
  const patterns = await readPatterns(options, fold)
  const automaton = compile(patterns)
  return { words: patterns.length, mask: (text) => maskText(text, automaton, fold, options) }
}

function maskText(text: string, automaton: Automaton, fold: Fold, { mask, wholeWords }: Options): Masked {
  const { units, symbols, unitOf } = fold(text)
  const { spans } = new Search(automaton, symbols, wholeWords)
  if (spans.length === 0) return { text, count: 0 }

  // +1 where a match begins and -1 after its end: the running sum is the number of matches around a character.
  const changes = new Int32Array(units.length + 1)
  const count = (index: number, by: number): void => {
    changes[index] = (changes[index] ?? 0) + by
  }
  for (const { start, end } of spans) {
    count(unitOf[start] ?? 0, 1)
    count((unitOf[end - 1] ?? 0) + 1, -1)
  }
  let depth = 0
  let passages = 0
  const masked = units.map((unit, index) => {
    const before = depth
    depth += changes[index] ?? 0
    if (before === 0 && depth > 0) passages++
    return depth > 0 ? mask : unit
  })
  return { text: masked.join(''), count: passages }
}
