// Scripts without spaces between words, in which every position counts as a word boundary.
const SPACELESS = ['Han', 'Hira', 'Kana', 'Bopo', 'Thai', 'Laoo', 'Khmr', 'Mymr', 'Tibt']
const IS_SPACELESS = new RegExp(`^[${SPACELESS.map((script) => `\\p{scx=${script}}`).join('')}]`, 'u')
const IN_WORD = /^[\p{L}\p{N}\p{M}_]/u

/** Where written words begin and end in a text, in scripts that put spaces between them. Computed on first use. */
export class WrittenWords {
  readonly #symbols: readonly string[]
  readonly #breaks: readonly boolean[]
  #found: { starts: number[]; ends: number[] } | undefined

  /** `breaks` names the symbols before which a word ends, whatever they are. */
  constructor(symbols: readonly string[], breaks: readonly boolean[] = []) {
    this.#symbols = symbols
    this.#breaks = breaks
  }

  /** Whether no word extends across the place before this symbol. */
  isEdge(place: number): boolean {
    return this.startAt(place) === place
  }

  /** The start of the word that extends across the place before this symbol; the place itself if none does. */
  startAt(place: number): number {
    return this.#bounds().starts[place] ?? place
  }

  /** The end, exclusive, of the word that extends across the place before this symbol; the place itself if none does. */
  endAt(place: number): number {
    return this.#bounds().ends[place] ?? place
  }

  #bounds(): { starts: number[]; ends: number[] } {
    this.#found ??= boundsOf(
      this.#symbols.map((symbol) => IN_WORD.test(symbol) && !IS_SPACELESS.test(symbol)),
      this.#breaks,
    )
    return this.#found
  }
}

function boundsOf(inWord: readonly boolean[], breaks: readonly boolean[]): { starts: number[]; ends: number[] } {
  const starts = inWord.map((_, place) => place)
  const ends = inWord.map((_, place) => place)
  const goesOn = (place: number): boolean =>
    inWord[place - 1] === true && inWord[place] === true && breaks[place] !== true
  for (let place = 1; place < inWord.length; place++) {
    // One place further back there may be no word across it, but this one begins there.
    if (goesOn(place)) starts[place] = starts[place - 1] ?? 0
  }
  for (let place = inWord.length - 1; place > 0; place--) {
    if (goesOn(place)) ends[place] = goesOn(place + 1) ? (ends[place + 1] ?? place) : place + 1
  }
  return { starts, ends }
}
