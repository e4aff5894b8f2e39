import type { Folded } from '../search/fold.ts'
import { isHan } from './chinese.ts'
import { GAP, type Mark } from './reading.ts'

const IN_WORD = /^[\p{L}\p{N}\p{M}]/u
const IS_STOP = /[。、,;:?!]/
const IS_SPACE = /\s/
// More than this between two characters is not an evasion, but another part of the text.
const MAX_SEPARATORS = 5

/** A symbol that no word contains, so nothing matches across it. */
const WALL = '\n'

const inWord = new Map<string, boolean>()

function isInWord(symbol: string): boolean {
  const known = inWord.get(symbol)
  if (known !== undefined) return known
  const found = IN_WORD.test(symbol)
  // Only for single UTF-16 units, so that the cache is bounded.
  if (symbol.length === 1) inWord.set(symbol, found)
  return found
}

/** The symbols of a folded text; without separators, if those are to be ignored. */
export function marksOf({ symbols, unitOf }: Folded, letterOf: (symbol: string) => string, skip: boolean): Mark[] {
  const marks: Mark[] = []
  let separators = ''
  let count = 0
  for (const [index, original] of symbols.entries()) {
    const symbol = letterOf(original)
    const unit = unitOf[index] ?? 0
    if (skip && !isInWord(symbol)) {
      separators += symbol
      count++
      continue
    }
    const before = marks.at(-1)
    if (count > MAX_SEPARATORS && before) marks.push(mark(WALL, before.last, GAP.none))
    marks.push(mark(symbol, unit, count === 0 ? GAP.none : gapOf(separators, before?.symbol ?? '', symbol)))
    separators = ''
    count = 0
  }
  return marks
}

export function mark(symbol: string, unit: number, gap: number): Mark {
  const whole = { isSyllable: false, isFirst: true, isLast: true }
  return { symbol, first: unit, last: unit, gap, isDigit: false, run: 1, ...whole }
}

function gapOf(separators: string, before: string, after: string): number {
  if (IS_STOP.test(separators)) return GAP.stop
  return IS_SPACE.test(separators) && !(isHan(before) && isHan(after)) ? GAP.space : GAP.odd
}

const DIGITS: Readonly<Record<string, string>> = { 0: 'o', 1: 'i', 3: 'e', 4: 'a', 5: 's', 7: 't', 8: 'b', 9: 'g' }
const SIGNS: Readonly<Record<string, string>> = { '@': 'a', $: 's', '!': 'i', '|': 'l', '€': 'e', '£': 'l', '+': 't' }
const IS_LETTER = /^[a-z0-9]$/i

/** Reads digits and signs as letters: digits everywhere, signs next to a letter or digit. */
export function readLeet(folded: Folded): Folded {
  const { symbols } = folded
  const isLetter = (index: number): boolean => IS_LETTER.test(symbols[index] ?? '')
  const isBesideLetter = (index: number): boolean => {
    // Two of a kind: a$$.
    const isSame = (other: number): boolean => symbols[other] === symbols[index]
    const [left, right] = [isSame(index - 1) ? index - 2 : index - 1, isSame(index + 1) ? index + 2 : index + 1]
    return isLetter(left) || isLetter(right)
  }
  return {
    ...folded,
    symbols: symbols.map((symbol, index) => (isBesideLetter(index) ? SIGNS[symbol] : undefined) ?? symbol),
  }
}

/** Turns digits into the letters that they look like, and says which those were. */
export function digitsToLetters(marks: readonly Mark[]): Mark[] {
  return marks.map((one) => {
    const letter = DIGITS[one.symbol]
    return letter === undefined ? one : { ...one, symbol: letter, isDigit: true }
  })
}

/** Shortens runs of one symbol that are longer than `most`. */
export function shortenRuns(marks: readonly Mark[], most: number): Mark[] {
  const short: Mark[] = []
  let run = 0
  for (const one of marks) {
    const before = short.at(-1)
    run = before?.symbol === one.symbol && one.gap === GAP.none ? run + 1 : 1
    if (before && run > most) {
      before.last = one.last
      before.run = run
    } else short.push({ ...one })
  }
  return short
}
