const START = '<!-- callbacks:start -->'
const END = '<!-- callbacks:end -->'

/**
 * The README's text with what stands between its markers replaced by the table.
 * @throws Error where the markers are missing
 */
export function withTable(readme: string, table: string): string {
  const [start, end] = [readme.indexOf(START), readme.indexOf(END)]
  if (start < 0 || end < start) throw new Error(`expected ${START} and, below it, ${END}`)
  return `${readme.slice(0, start + START.length)}\n\n${table}\n\n${readme.slice(end)}`
}
