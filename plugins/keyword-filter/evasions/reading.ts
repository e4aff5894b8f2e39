/** One way to read a text that was written to evade a word list: the symbols that are compared, and where they stand. */
export interface Reading {
  readonly symbols: readonly string[]
  /** For each symbol the index of the first and of the last unit of the text that it stands for. */
  readonly first: readonly number[]
  readonly last: readonly number[]
  /** Whether a written word cannot go on from the symbol before to this one. */
  readonly breaks: readonly boolean[]
  /** Whether this reading of the symbols from `start` up to `end`, exclusive, is more than chance. */
  readonly isPlausible: (start: number, end: number) => boolean
}

/** What was between a symbol and the one before it. */
export const GAP = {
  none: 0,
  /** Signs that do not belong there, or a space between Chinese characters, which are written without. */
  odd: 1,
  space: 2,
  /** The punctuation of a sentence. */
  stop: 3,
} as const

/** A symbol on its way to a reading. */
export interface Mark {
  symbol: string
  first: number
  last: number
  gap: number
  /** Whether it was written as a digit. */
  isDigit: boolean
  /** How often it was repeated; 1 for once. */
  run: number
  /** Whether it is a letter of a Chinese character's pinyin, and a first or last one of it. */
  isSyllable: boolean
  isFirst: boolean
  isLast: boolean
}

/** Prefix sums, to count over any range of symbols at once. */
export class Sums {
  readonly #sums: number[] = [0]

  constructor(values: readonly boolean[]) {
    let sum = 0
    for (const value of values) this.#sums.push((sum += value ? 1 : 0))
  }

  /** How many there are from `start` up to `end`, exclusive. */
  count(start: number, end: number): number {
    return end > start ? (this.#sums[end] ?? 0) - (this.#sums[start] ?? 0) : 0
  }
}
