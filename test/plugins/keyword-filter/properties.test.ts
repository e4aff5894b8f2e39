import { expect } from 'chai'
import * as fc from 'fast-check'
import { createFilter } from '../../../plugins/keyword-filter/filter.ts'
import { graphemes, isSimple } from '../../../plugins/keyword-filter/search/graphemes.ts'
import { masked, optionsWith } from './filtered.ts'
import { naiveMask } from './reference.ts'

const text = (letters: string, maxLength: number): fc.Arbitrary<string> =>
  fc.string({ unit: fc.constantFrom(...letters.split('')), maxLength })
const word = text('ab.?*', 6).filter((word) => /[^?*]/.test(word))
const words = fc.array(word, { minLength: 1, maxLength: 6 })
const gap = fc.integer({ min: 0, max: 4 })

// Characters that are taken apart, joined, folded or left out, and those that words and globs are made of.
const UNITS = [
  'a',
  'b',
  'B',
  ' ',
  'Ａ',
  '你',
  '😀',
  '👨',
  '\u200d',
  '\u200b',
  '\u0301',
  'ﬃ',
  'ß',
  '🇨',
  '🇳',
  'ᄀ',
  '각',
  '\r',
]
const rich = fc.string({ unit: fc.oneof(fc.constantFrom(...UNITS, '\n', '\u0600'), fc.constant('f')), maxLength: 30 })

describe('keyword-filter: for any words and texts', () => {
  it('what is masked is what trying every word everywhere finds', async () => {
    const given = fc.record({ words, text: text('ab. ', 24), gap, wholeWords: fc.boolean() })
    await fc.assert(
      fc.asyncProperty(given, async ({ words, text, gap, wholeWords }) => {
        expect(await masked(words, text, { gap, wholeWords, mask: '#' })).to.equal(
          naiveMask({ words, text, gap, wholeWords }),
        )
      }),
      { numRuns: 3000 },
    )
  })

  it('each character is the one that it was, or masked', async () => {
    const given = fc.record({
      words: fc.array(
        rich.filter((word) => word.trim() !== ''),
        { minLength: 1 },
      ),
      text: rich,
    })
    await fc.assert(
      fc.asyncProperty(given, async ({ words, text }) => {
        const filter = await createFilter(optionsWith({ words, mask: '#' })).catch(() => undefined)
        fc.pre(filter !== undefined)
        const units = graphemes(text)
        let rest = filter.mask(text).text
        for (const unit of units) {
          const taken = rest.startsWith('#') ? '#' : unit
          expect(rest.startsWith(taken), JSON.stringify([unit, rest])).to.equal(true)
          rest = rest.slice(taken.length)
        }
        expect(rest).to.equal('')
      }),
      { numRuns: 1000 },
    )
  })

  it('a word in a text is found, whatever it is made of', async () => {
    const noMarks = rich.filter((word) => /^[ab你😀 BＡﬃß]+$/u.test(word) && word.trim() !== '')
    await fc.assert(
      fc.asyncProperty(noMarks, async (word) => {
        expect(await masked([word], `${word}1`)).to.equal(`${'*'.repeat(graphemes(word).length)}1`)
      }),
    )
  })
})

describe('keyword-filter: the characters of a text', () => {
  const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })
  const expected = (text: string): string[] => [...segmenter.segment(text)].map(({ segment }) => segment)

  it('are those of Intl.Segmenter', () => {
    fc.assert(
      fc.property(fc.oneof(rich, fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme' })), (text) => {
        expect(graphemes(text)).to.deep.equal(expected(text))
      }),
      { numRuns: 2000 },
    )
  })

  it('are those of Intl.Segmenter around every one that it is not asked about', () => {
    for (let code = 0; code < 0x10000; code++) {
      if (!isSimple(code)) continue
      const character = String.fromCharCode(code)
      for (const text of [`a${character}${character}中`, `${character}\u200d${character}\u0301${character}`])
        if (graphemes(text).join('|') !== expected(text).join('|')) expect.fail(`U+${code.toString(16)}`)
    }
  })
})
