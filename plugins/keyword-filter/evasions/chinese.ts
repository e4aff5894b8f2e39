/** How Chinese characters sound, without tones; ü is v. */
export interface Pinyin {
  /** The usual reading of one character; undefined for all others. */
  ofCharacter(character: string): string | undefined
  /** The reading of each character of a word, which may differ from the usual one: 银行 is yin hang. */
  ofWord(word: string): readonly string[]
}

const IS_HAN = /^\p{Script=Han}$/u

export async function loadPinyin(): Promise<Pinyin> {
  const { pinyin } = await import('pinyin-pro')
  const read = (text: string): string[] => pinyin(text, { toneType: 'none', type: 'array', v: true })
  // As many entries at most as there are Chinese characters.
  const known = new Map<string, string>()
  return {
    ofCharacter(character) {
      if (!isHan(character)) return undefined
      const reading = known.get(character) ?? read(character)[0] ?? character
      known.set(character, reading)
      return reading
    },
    ofWord: read,
  }
}

export function isHan(symbol: string): boolean {
  return IS_HAN.test(symbol)
}
