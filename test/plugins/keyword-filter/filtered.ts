import { createFilter } from '../../../plugins/keyword-filter/filter.ts'
import type { Options } from '../../../plugins/keyword-filter/options.ts'

/** Options by default, but for those given. */
export function optionsWith(more: Partial<Options>): Options {
  return {
    words: [],
    action: 'mask',
    mask: '*',
    caseSensitive: false,
    wholeWords: false,
    gap: 20,
    separators: false,
    traditional: false,
    confusables: false,
    leet: false,
    repeats: false,
    pinyin: false,
    codes: { c2c: 120001, group: 10100, officialAccount: 120001 },
    info: '',
    ...more,
  }
}

/** The text as it is sent on. */
export async function masked(words: string[], text: string, more: Partial<Options> = {}): Promise<string> {
  return (await createFilter(optionsWith({ words, ...more }))).mask(text).text
}
