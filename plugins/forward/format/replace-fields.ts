/**
 * Replaces top-level fields in the text of a JSON object, and adds those that it lacks. Everything else stays as it was
 * written, down to the last digit of integers that JavaScript cannot hold.
 */
export function replaceFields(json: string, fields: Readonly<Record<string, unknown>>): string {
  const missing = new Map(Object.entries(fields).map(([name, value]) => [name, JSON.stringify(value)]))
  if (missing.size === 0) return json
  const values = new Map(missing)
  let replaced = ''
  let copied = 0
  let last = json.indexOf('{')
  for (let at = skipSpace(json, last + 1); json[at] === '"'; at = skipSpace(json, skipSpace(json, last) + 1)) {
    const nameEnd = endOfString(json, at)
    const start = skipSpace(json, skipSpace(json, nameEnd) + 1)
    last = endOfValue(json, start)
    const name = JSON.parse(json.slice(at, nameEnd)) as string
    const value = values.get(name)
    missing.delete(name)
    if (value === undefined) continue
    replaced += json.slice(copied, start) + value
    copied = last
  }
  const end = json.lastIndexOf('}')
  const isEmpty = json.slice(json.indexOf('{') + 1, end).trim() === ''
  const added = [...missing].map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')
  return `${replaced}${json.slice(copied, end)}${added && !isEmpty ? ',' : ''}${added}${json.slice(end)}`
}

const SPACE = /[\s]*/y
const BRACKETS = /["{}[\]]/g
const SCALAR = /[^\s,}\]]*/y

function skipSpace(json: string, from: number): number {
  return endOf(SPACE, json, from)
}

function endOf(pattern: RegExp, json: string, from: number): number {
  pattern.lastIndex = from
  pattern.exec(json)
  return pattern.lastIndex
}

function endOfString(json: string, start: number): number {
  for (let at = start + 1; at < json.length; at++) {
    if (json[at] === '\\') at++
    else if (json[at] === '"') return at + 1
  }
  return json.length
}

function endOfValue(json: string, start: number): number {
  if (json[start] === '"') return endOfString(json, start)
  if (json[start] !== '{' && json[start] !== '[') return endOf(SCALAR, json, start)
  let depth = 0
  BRACKETS.lastIndex = start
  for (let found = BRACKETS.exec(json); found; found = BRACKETS.exec(json)) {
    if (found[0] === '"') BRACKETS.lastIndex = endOfString(json, found.index)
    else depth += found[0] === '{' || found[0] === '[' ? 1 : -1
    if (depth === 0) return BRACKETS.lastIndex
  }
  return json.length
}
