import { expect } from 'chai'
import type { Options } from '../../../plugins/keyword-filter/options.ts'
import { masked } from './filtered.ts'

type Row = [what: string, words: string[], text: string, expected: string, more?: Partial<Options>]

const groups: Record<string, Row[]> = {
  'words match': [
    ['anywhere, in Chinese too', ['红包', 'bad'], '发红包了, notbadly', '发**了, not***ly'],
    ['where they overlap', ['abc', 'bcd', 'c'], 'abcd c', '**** *'],
    ['of which one is in another', ['she', 'he', 'hers'], 'ushers', 'u*****'],
    ['in any case', ['CaSino', 'straße', 'ΣΑΣ'], 'cAsInO STRASSE σας', '****** ******* ***'],
    ['in any case, where it takes accents apart', ['Ϊ\u0301'], '\u0390', '*'],
    ['in their case alone, if it matters', ['Bad'], 'bad Bad Ｂad', 'bad *** ***', { caseSensitive: true }],
    ['in full width and in other compatible forms', ['vx100'], 'ｖⓧ１００, ᵛ𝐱①00', '*****, *****'],
    ['written in full width themselves', ['ＶＸ'], 'vx', '**'],
    ['with another mask', ['bad'], 'a bad b', 'a ■■■ b', { mask: '■' }],
  ],
  'characters stay whole': [
    ['surrogate pairs', ['😀'], 'a😀😁b𠮷', 'a*😁b𠮷'],
    ['emoji sequences', ['👍🏽', '❤'], '👍👍🏽 ❤️ 👨‍👩‍👧', '👍* * 👨‍👩‍👧'],
    ['flags', ['🇨🇳'], '🇺🇸🇨🇳 🇺🇨🇳', '🇺🇸* 🇺🇨🇳'],
    ['combining marks', ['e', 'ü'], 'e\u0301 e q\u0303 u\u0308', 'e\u0301 * q\u0303 *'],
    ['characters that stand for several', ['off'], 'oﬃce', '**ce'],
    ['lone surrogates', ['b'], '\ud83db\ude00', '\ud83d*\ude00'],
    ['next to line ends', ['a'], 'a\r\na', '*\r\n*'],
  ],
  'invisible characters': [
    ['do not hide a word', ['bad'], 'b\u200ba\u00add, b\u2060\u200dad', '*****, *****'],
    ['do not keep an accent from its letter', ['é'], 'e\u034f\u0301', '*'],
    ['beside a word are left alone', ['bad'], '\u200bbad\u200b', '\u200b***\u200b'],
  ],
  'a ? stands for': [
    ['one character', ['f?ck'], 'fuck f😀ck f你ck fck fuuck', '**** **** **** fck fuuck'],
    ['one at an end of the word too', ['?a', 'b??'], 'a xa b12 b3', 'a ** *** b3'],
    ['itself, escaped', ['a\\?'], 'ab a?', 'ab **'],
  ],
  'a * stands for': [
    ['any run', ['加*微信'], '请加个大大的微信吧', '请*******吧'],
    ['no character too', ['加*微信'], '加微信', '***'],
    ['no more than `gap` characters', ['a*b'], 'a12b a123b', '**** a123b', { gap: 2 }],
    ['what a ? does not', ['a?b', 'a*b'], 'ab', '**', { gap: 1 }],
    ['more than a ? does', ['a?b', 'a?*b'], 'axxb', '****', { gap: 1 }],
    ['the longest run there is', ['a*b'], 'xab1b1bx', 'x******x'],
    [
      'the rest of a written word, at the end of a word',
      ['casino*', '*bet'],
      'casinos! alphabet, 赌casino场',
      '*******! ********, 赌******场',
    ],
    ['itself, escaped', ['a\\*\\\\'], 'ab a*\\', 'ab ***'],
    ['nothing special in full width', ['a＊'], 'ab a* a＊', 'ab ** **'],
  ],
  'whole words': [
    [
      'leave longer words alone',
      ['ass', 'bet'],
      'class ass, bets bet 1bet',
      'class ***, bets *** 1bet',
      { wholeWords: true },
    ],
    ['end where Chinese begins', ['bet', '赌'], '来bet吧 豪赌客', '来***吧 豪*客', { wholeWords: true }],
    ['may go on where there is a *', ['bet*'], 'bets betting alphabet', '**** ******* alphabet', { wholeWords: true }],
    ['count accents as letters', ['caf'], 'café caf', 'café ***', { wholeWords: true }],
    ['of which a shorter one fits', ['ab cd', 'cd'], 'zab cd', 'zab **', { wholeWords: true }],
  ],
}

for (const [group, rows] of Object.entries(groups))
  describe(`keyword-filter: ${group}`, () => {
    for (const [what, words, text, expected, more] of rows)
      it(what, async () => {
        expect(await masked(words, text, more)).to.equal(expected)
      })
  })
