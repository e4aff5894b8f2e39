import { expect } from 'chai'
import { createLayers } from '../../../plugins/keyword-filter/evasions/layers.ts'
import { compile } from '../../../plugins/keyword-filter/search/automaton.ts'
import { createFold } from '../../../plugins/keyword-filter/search/fold.ts'
import { parsePattern } from '../../../plugins/keyword-filter/search/pattern.ts'
import { Search } from '../../../plugins/keyword-filter/search/search.ts'

const fold = createFold({ caseSensitive: false })
const SIZE = 12_000

/** Makes a search by words, which tells the steps that a text costs for each of its characters. */
function costOf(words: readonly string[], gap = 20): (text: string) => number {
  const automaton = compile(words.map((word) => parsePattern(word, fold, gap)))
  return (text) => new Search(automaton, fold(text).symbols, false).steps / text.length
}

const numbered = (make: (name: string) => string): string[] =>
  Array.from({ length: 10_000 }, (_, index) => make(String.fromCodePoint(0x4e00 + index)))

const lines: [what: string, words: string[], unit: string, most: number][] = [
  ['ten thousand words, none there', numbered((name) => `${name}bad${name}`), 'hello you ', 3],
  ['ten thousand words, half of one again and again', numbered((name) => `${name}bad${name}`), '一bad', 3],
  ['a glob of stars that never ends', ['a*a*a*b'], 'a', 40],
  ['many globs that never end', ['a*a*a*a*a*a*a*a*b', 'a?a?a?a?a?a?c', '?a*?a*?a*?d', '*a*a*a*e'], 'a', 150],
  ['globs that begin alike', numbered((name) => `a*${name}`), 'a', 8],
  ['globs that end alike', numbered((name) => `${name}*a`), 'a', 8],
  ['globs that end alike, of which some have begun', numbered((name) => `${name}*a`), '一a丁a丂a', 60],
  ['globs alike in the middle', numbered((name) => `a*${name}?b`), '一ab', 20],
  ['words that are all ends of one', Array.from({ length: 50 }, (_, index) => 'a'.repeat(index + 1)), 'a', 160],
]

describe('keyword-filter: the steps that a character of a text costs', () => {
  for (const [what, words, unit, most] of lines)
    it(`are few and do not grow with the text: ${what}`, () => {
      const cost = costOf(words)
      const short = cost(unit.repeat(Math.ceil(SIZE / 10 / unit.length)))
      const long = cost(unit.repeat(Math.ceil(SIZE / unit.length)))
      expect(long).to.be.below(most)
      expect(long).to.be.below(short * 1.2)
    })

  it('do not grow with what was matched long before', () => {
    const cost = costOf([...numbered((name) => `${name}*a`), 'b*c'])
    const begun = numbered((name) => `b${name}`)
      .slice(0, 3000)
      .join('')
    expect(cost(begun + 'ba'.repeat(3000))).to.be.below(20)
  })

  it('hardly grow with the longest run of a star', () => {
    expect(costOf(['a*a*a*b'], 1000)('a'.repeat(SIZE))).to.be.below(costOf(['a*a*a*b'], 1)('a'.repeat(SIZE)) * 2.5)
  })

  it('do not grow with the number of words, or a word for each would be tried', () => {
    const text = 'bad 一bad丁 '.repeat(1000)
    const words = numbered((name) => `${name}bad`)
    expect(costOf(words)(text)).to.be.below(costOf(words.slice(0, 10))(text) * 1.2)
  })

  it('stay so with every evasion looked through', async () => {
    const all = { separators: true, traditional: true, confusables: true, leet: true, repeats: true, pinyin: true }
    const costWith = async (words: readonly string[]): Promise<(text: string) => number> => {
      const layers = await createLayers(words, all, fold, 20)
      return (text) => {
        const steps = layers.map(({ automaton, read }) => {
          const { symbols, breaks } = read(fold(text))
          return new Search(automaton, symbols, true, breaks).steps
        })
        return steps.reduce((a, b) => a + b) / text.length
      }
    }
    const words = [...numbered((name) => `${name}bad${name}微信`), ...numbered((name) => `${name}good`)]
    const cost = await costWith(words)
    for (const unit of ['hello you ', '一bad', 'b a.d 微。', 'aaaa', '4$5 ', '微 信 用 卡']) {
      const long = cost(unit.repeat(Math.ceil(SIZE / unit.length)))
      expect(long, unit).to.be.below(40)
      expect(long, unit).to.be.below(cost(unit.repeat(Math.ceil(SIZE / 10 / unit.length))) * 1.2)
    }
    const few = await costWith(words.slice(0, 10))
    const text = '一bad微 信, he11o yοu '.repeat(500)
    expect(cost(text)).to.be.below(few(text) * 3)
  })

  it('are bounded for a character with endless combining marks', () => {
    const { units, symbols } = fold(`a${'\u0301\u0316'.repeat(200_000)}`)
    expect(units.length).to.equal(1)
    expect(symbols.join('').length).to.be.below(100)
  })
})
