/**
 * Splits a text into words, Chinese ones too, for the index and for queries. Names such as Group.CallbackAfterGroupFull
 * are found by their parts. The function is sent to the browser as text, so it uses nothing outside itself.
 */
export function tokenize(text) {
  const segmenter = new Intl.Segmenter('zh', { granularity: 'word' })
  const tokens = new Set()
  for (const { segment, isWordLike } of segmenter.segment(text)) {
    if (!isWordLike) continue
    tokens.add(segment.toLowerCase())
    for (const part of segment.match(/[A-Z]?[a-z]+|[A-Z]+(?![a-z])|[0-9]+/g) ?? []) tokens.add(part.toLowerCase())
    for (const part of segment.split(/[._]/)) tokens.add(part.toLowerCase())
  }
  return [...tokens]
}
