const segmenter = new Intl.Segmenter('und', { granularity: 'grapheme' })

// Characters that are each a grapheme cluster when side by side (Grapheme_Cluster_Break=Other, no pictographs):
// ASCII, Latin, Greek, Cyrillic, Chinese, kana, full-width forms.
const SIMPLE: readonly (readonly [from: number, to: number])[] = [
  [0x20, 0x7e],
  [0xc0, 0x2ff],
  [0x370, 0x481],
  [0x48a, 0x52f],
  [0x2010, 0x2027],
  [0x3001, 0x3029],
  [0x3041, 0x3096],
  [0x30a0, 0x30ff],
  [0x4e00, 0x9fff],
  [0xff01, 0xff60],
]

const isSimpleCode = new Uint8Array(0x10000)
for (const [from, to] of SIMPLE) isSimpleCode.fill(1, from, to + 1)

/** Whether this UTF-16 code unit never joins another one like it. */
export function isSimple(code: number): boolean {
  return isSimpleCode[code] === 1
}

/**
 * Splits a text into the characters that a reader sees: grapheme clusters, which keep surrogate pairs, combining marks and
 * emoji sequences together. The result is that of Intl.Segmenter, which is slow and so only called for rare characters.
 */
export function graphemes(text: string): string[] {
  const found: string[] = []
  for (let start = 0; start < text.length;) {
    let end = start + 1
    // A cluster may begin in a simple character and end in one, but always ends between two.
    while (end < text.length && !(isSimple(text.charCodeAt(end - 1)) && isSimple(text.charCodeAt(end)))) end++
    if (end - start === 1) found.push(text.charAt(start))
    else for (const { segment } of segmenter.segment(text.slice(start, end))) found.push(segment)
    start = end
  }
  return found
}
