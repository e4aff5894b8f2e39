import { encode } from './encode.ts'

// The scripts of Chinese, Japanese and Korean that are written without spaces between words.
const CJK = /[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}]/u
/** Runs of those scripts, and of all other letters and digits. */
const PARTS =
  /(?:(?=[\p{L}\p{N}\p{M}])[\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}])+|(?:(?![\p{scx=Han}\p{scx=Hiragana}\p{scx=Katakana}\p{scx=Hangul}\p{scx=Bopomofo}])[\p{L}\p{N}\p{M}])+/gu
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu

/** The most different terms of a message. */
const MAX_TERMS = 5000

/** Width, case and invisible characters do not matter: `ＡＢＣ` is `abc`. */
function fold(text: string): string {
  return text.replace(INVISIBLE, '').normalize('NFKC').toLowerCase().toUpperCase().toLowerCase()
}

/**
 * The terms of a text, separated by spaces: overlapping pairs of Chinese, Japanese and Korean, and the last character of
 * each such run; other words as a whole. Terms are letters and digits of ASCII, at least 3 and at most 84 of them, so
 * that the full-text indexes of all databases treat each as one word, and none as a stop word.
 */
export function termsOf(text: string): string {
  if (text === '') return ''
  const terms = new Set<string>()
  for (const part of partsOf(text)) {
    if (CJK.test(part)) addPairs(terms, part)
    else terms.add(encode(part))
    if (terms.size >= MAX_TERMS) break
  }
  return [...terms].join(' ')
}

function addPairs(terms: Set<string>, run: string): void {
  let last = ''
  for (const character of run) {
    if (last !== '') terms.add(encode(last + character))
    last = character
    if (terms.size >= MAX_TERMS) return
  }
  terms.add(encode(last))
}

/** One condition of a search. */
export interface Term {
  readonly term: string
  /** Whether terms that begin with it also match: a single character is the beginning of a pair. */
  readonly isPrefix: boolean
}

/** A search for a text: the query to the index, and a test of whether a found text really has all the words. */
export interface Query {
  readonly terms: readonly Term[]
  readonly fits: (text: string) => boolean
}

export function queryOf(search: string): Query {
  const parts = partsOf(search)
  const terms = new Map<string, Term>()
  for (const part of parts) {
    const characters = CJK.test(part) ? Array.from(part) : undefined
    const words = characters && characters.length > 1 ? pairs(characters) : [part]
    for (const word of words) {
      const term = encode(word)
      terms.set(term, { term, isPrefix: characters?.length === 1 })
    }
  }
  return {
    terms: [...terms.values()],
    // Pairs of a long word may be apart, and long words are cut in the index.
    fits: (text) => {
      const folded = fold(text)
      return parts.every((part) => folded.includes(part))
    },
  }
}

function partsOf(text: string): readonly string[] {
  return fold(text).match(PARTS) ?? []
}

function pairs(characters: readonly string[]): string[] {
  return characters.slice(0, -1).map((character, index) => character + (characters[index + 1] ?? ''))
}
