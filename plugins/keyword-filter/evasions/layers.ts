import { type Automaton, compile } from '../search/automaton.ts'
import type { Fold, Folded } from '../search/fold.ts'
import { parsePattern, type Pattern } from '../search/pattern.ts'
import { WrittenWords } from '../search/written-words.ts'
import { isHan, loadPinyin, type Pinyin } from './chinese.ts'
import { asciiLookAlike } from './confusables.ts'
import { digitsToLetters, mark, marksOf, readLeet, shortenRuns } from './marks.ts'
import { GAP, type Mark, type Reading, Sums } from './reading.ts'
import { simplifiedCharacters } from './simplified.ts'

/** Which evasions to detect. */
export interface Evasions {
  readonly separators: boolean
  readonly traditional: boolean
  readonly confusables: boolean
  readonly leet: boolean
  readonly repeats: boolean
  readonly pinyin: boolean
}

/** The words in one reading, and how to read a text that way. */
export interface Layer {
  readonly automaton: Automaton
  readonly read: (text: Folded) => Reading
}

/** A way to read a text or a word. */
interface Reader {
  readonly marks: (text: Folded) => Mark[]
  readonly isPlausible: (marks: readonly Mark[]) => Reading['isPlausible']
  /** Whether it reads this word. */
  readonly takes: (word: Pattern, source: string) => boolean
  /** Reads a word, if that differs from reading a text. */
  readonly word?: (folded: Folded) => Mark[]
}

/**
 * Reads the words again for each way in which a text may evade them. A layer only adds matches to those of the plain
 * words.
 */
export async function createLayers(
  sources: readonly string[],
  evasions: Evasions,
  fold: Fold,
  gap: number,
): Promise<Layer[]> {
  const readers = await readersFor(evasions)
  return readers.flatMap((reader) => {
    const foldWord: Fold = (text) => {
      const folded = fold(text)
      const marks = (reader.word ?? reader.marks)(folded)
      return {
        units: folded.units,
        symbols: marks.map(({ symbol }) => symbol),
        unitOf: marks.map(({ first }) => first),
      }
    }
    const patterns = sources.flatMap((source) => {
      const pattern = tryParse(source, foldWord, gap)
      return pattern && reader.takes(pattern, source) ? [pattern] : []
    })
    return patterns.length === 0 ? [] : [{ automaton: compile(patterns), read: (text) => readingOf(reader, text) }]
  })
}

/** Undefined if nothing is left of a word without its separators. */
function tryParse(source: string, fold: Fold, gap: number): Pattern | undefined {
  try {
    return parsePattern(source, fold, gap)
  } catch {
    return undefined
  }
}

function readingOf(reader: Reader, text: Folded): Reading {
  const marks = reader.marks(text)
  // Most texts have no match to ask for.
  let isPlausible: Reading['isPlausible'] | undefined
  return {
    symbols: marks.map(({ symbol }) => symbol),
    first: marks.map(({ first }) => first),
    last: marks.map(({ last }) => last),
    breaks: breaksOf(marks),
    isPlausible(start, end) {
      isPlausible ??= reader.isPlausible(marks)
      return isPlausible(start, end)
    },
  }
}

/** Several readers begin with the same step, so its last result is cached for the others. */
function remembered(read: Reader['marks']): Reader['marks'] {
  let last: { text: Folded; marks: Mark[] } | undefined
  return (text) => {
    if (last?.text !== text) last = { text, marks: read(text) }
    return last.marks
  }
}

function breaksOf(marks: readonly Mark[]): boolean[] {
  return marks.map(({ gap, first, isSyllable }, index) => {
    const before = marks[index - 1]
    return gap !== GAP.none || ((isSyllable || before?.isSyllable === true) && before?.first !== first)
  })
}

async function readersFor(evasions: Evasions): Promise<Reader[]> {
  const { separators, traditional, confusables, leet, repeats, pinyin } = evasions
  const simplified = traditional ? simplifiedCharacters() : undefined
  const known = new Map<string, string>()
  const letterOf = (symbol: string): string => {
    const found = known.get(symbol)
    if (found !== undefined) return found
    const letter = confusables ? asciiLookAlike(symbol) : symbol
    const read = simplified?.get(letter) ?? letter
    // Only for single UTF-16 units, so that the cache is bounded.
    if (symbol.length === 1) known.set(symbol, read)
    return read
  }
  const plain = (skip: boolean): Reader['marks'] => remembered((text) => marksOf(text, letterOf, skip))
  const asLeet = (skip: boolean): Reader['marks'] =>
    remembered((text) => {
      const folded = { ...text, symbols: text.symbols.map(letterOf) }
      return digitsToLetters(marksOf(readLeet(folded), (symbol) => symbol, skip))
    })
  const ways = [...(separators || traditional || confusables || repeats ? [plain] : []), ...(leet ? [asLeet] : [])]
  const readers = ways.flatMap((way) => [
    ...readersOf(way(separators), plausible, (word) => !isGlob(word), repeats),
    // A gap of a glob matches any text, so separators in it mean nothing.
    ...readersOf(way(false), hasLetters, isGlob, repeats),
  ])
  if (pinyin) readers.push(pinyinReader(await loadPinyin(), plain(separators)))
  return readers
}

/** One reader, or two if repeats count: a word with a double letter differs from the one with a single letter. */
function readersOf(
  marks: Reader['marks'],
  isPlausible: Reader['isPlausible'],
  isMine: (word: Pattern) => boolean,
  repeats: boolean,
): Reader[] {
  if (!repeats) return [{ marks, isPlausible, takes: isMine }]
  return [
    {
      marks: (text) => shortenRuns(marks(text), 1),
      word: marks,
      isPlausible,
      takes: (word) => isMine(word) && !hasRuns(word),
    },
    { marks: (text) => shortenRuns(marks(text), 2), isPlausible, takes: (word) => isMine(word) && hasRuns(word) },
  ]
}

function isGlob({ pieces }: Pattern): boolean {
  return pieces.length > 1
}

function hasRuns({ pieces }: Pattern): boolean {
  return pieces.some((piece) => piece.some((symbol, index) => index > 0 && piece[index - 1] === symbol))
}

/** 4ss is a word, 455 and A55 are numbers. */
function hasLetters(marks: readonly Mark[]): Reading['isPlausible'] {
  const digits = new Sums(marks.map(({ isDigit }) => isDigit))
  return (start, end) => digits.count(start, end) * 2 <= end - start
}

function plausible(marks: readonly Mark[]): Reading['isPlausible'] {
  const isWord = hasLetters(marks)
  const gaps = new Sums(marks.map(({ gap }) => gap !== GAP.none))
  const usual = new Sums(marks.map(({ gap }) => gap === GAP.space || gap === GAP.stop))
  const doubles = new Sums(marks.map(({ run }) => run === 2))
  const longer = new Sums(marks.map(({ run }) => run > 2))
  const words = new WrittenWords(
    marks.map(({ symbol }) => symbol),
    breaksOf(marks),
  )
  return (start, end) => {
    const length = end - start
    if (!isWord(start, end)) return false
    // A single double letter inside makes a different word: bet, beet.
    const isDoubled = doubles.count(start + 1, end - 1) === 1 && doubles.count(start, end) === 1
    if (isDoubled && longer.count(start, end) === 0) return false
    const separated = gaps.count(start + 1, end)
    if (separated === 0) return true
    // The pen is mine; he is a bit slower. Believe me.
    if (usual.count(start + 1, end) > 0 && (separated < length - 1 || length < 3)) return false
    return words.isEdge(start) && words.isEdge(end)
  }
}

/** Chinese as it sounds, in letters, so that homophones and pinyin match. It reads words of two Chinese characters or more. */
function pinyinReader(pinyin: Pinyin, plain: (text: Folded) => Mark[]): Reader {
  const spell = (marks: readonly Mark[], readings?: readonly string[]): Mark[] =>
    marks.flatMap((one, index) => {
      const syllable = isHan(one.symbol) ? (readings?.[index] ?? pinyin.ofCharacter(one.symbol)) : undefined
      if (syllable === undefined) return [one]
      return syllable.split('').map((letter, place) => ({
        ...mark(letter, one.first, place === 0 ? one.gap : GAP.none),
        isSyllable: true,
        isFirst: place === 0,
        isLast: place === syllable.length - 1,
      }))
    })
  return {
    marks: (text) => spell(plain(text)),
    word(text) {
      const marks = plain(text)
      const readings = pinyin.ofWord(marks.map(({ symbol }) => symbol).join(''))
      return spell(marks, readings.length === marks.length ? readings : undefined)
    },
    takes: (_, source) => Array.from(source).filter(isHan).length > 1,
    isPlausible(marks) {
      const stops = new Sums(marks.map(({ gap }) => gap === GAP.stop))
      const words = new WrittenWords(
        marks.map(({ symbol }) => symbol),
        breaksOf(marks),
      )
      return (start, end) => {
        if (marks[start]?.isFirst === false || marks[end - 1]?.isLast === false) return false
        return stops.count(start + 1, end) === 0 && words.isEdge(start) && words.isEdge(end)
      }
    },
  }
}
