/** A symbol is a code unit here: the texts that it is for have no others. `*` at an end takes the rest of a word. */
export interface Given {
  words: readonly string[]
  text: string
  gap: number
  wholeWords: boolean
}

const isWord = (text: string, index: number): boolean => /[a-z0-9_]/.test(text.charAt(index))
const isInside = (text: string, place: number): boolean => isWord(text, place - 1) && isWord(text, place)

/** What is masked, by trying every word at every pair of places: slow, and so simple that it is right. */
export function naiveMask({ words, text, gap, wholeWords }: Given): string {
  const hit = new Set<number>()
  for (const word of words) {
    const { head = '', body = '', tail = '' } = /^(?<head>[?*]*)(?<body>.*?)(?<tail>[?*]*)$/.exec(word)?.groups ?? {}
    const inner = body.replace(/[?*]+|[.]/g, (run) => (run === '.' ? '[.]' : any(run, gap)))
    const pattern = new RegExp(`^${any(head, 0)}${inner}${any(tail, 0)}$`)
    for (let start = 0; start < text.length; start++)
      for (let end = start + 1; end <= text.length; end++) {
        if (!pattern.test(text.slice(start, end))) continue
        if (wholeWords && !head.includes('*') && isInside(text, start)) continue
        if (wholeWords && !tail.includes('*') && isInside(text, end)) continue
        let [from, to] = [start, end]
        while (head.includes('*') && isInside(text, from)) from--
        while (tail.includes('*') && isInside(text, to)) to++
        for (let index = from; index < to; index++) hit.add(index)
      }
  }
  return text.replaceAll(/[^]/g, (character, index: number) => (hit.has(index) ? '#' : character))
}

/** So many characters at least as there are `?`, and `gap` more where there is a `*`. */
function any(run: string, gap: number): string {
  const least = run.replaceAll('*', '').length
  return `.{${least},${least + (run.includes('*') ? gap : 0)}}`
}
