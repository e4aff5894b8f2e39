export type TokenKind = 'key' | 'string' | 'number' | 'word' | 'mark'

export interface Token {
  readonly kind: TokenKind
  readonly text: string
}

export interface Line {
  readonly depth: number
  readonly tokens: readonly Token[]
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\],:]|[^\s"{}[\],:]+/g
const MAX_INDENT = 40

/**
 * The lines of a JSON text as a person reads it. Nothing is lost on the way, as it would be by parsing: digits beyond
 * 2^53 and duplicate keys stay. Undefined if it is not JSON.
 */
export function jsonLines(json: string): Line[] | undefined {
  const tokens = tokensOf(json)
  if (!tokens) return undefined
  const lines: Line[] = []
  let line: Token[] = []
  let depth = 0
  const endLine = (nextDepth: number): void => {
    if (line.length > 0) lines.push({ depth: Math.min(depth, MAX_INDENT), tokens: line })
    line = []
    depth = nextDepth
  }
  for (const [index, token] of tokens.entries()) {
    const isMark = token.kind === 'mark'
    const before = tokens[index - 1]
    const isEmpty = isMark && /[}\]]/.test(token.text) && before?.kind === 'mark' && /[{[]/.test(before.text)
    if (isEmpty) depth -= 1
    else if (isMark && /[}\]]/.test(token.text)) endLine(depth - 1)
    if (isEmpty && line.length === 0) line = [...(lines.pop()?.tokens ?? [])]
    line.push(token.text === ':' ? { kind: 'mark', text: ': ' } : token)
    if (isMark && token.text === ',') endLine(depth)
    else if (isMark && /[{[]/.test(token.text)) endLine(depth + 1)
  }
  endLine(0)
  return lines
}

/** One line of JSON without control characters, to be pasted into a terminal. Undefined if it is not JSON. */
export function compactJson(json: string): string | undefined {
  return tokensOf(json)
    ?.map(({ text }) => text.replaceAll(/[\p{Cc}\p{Cf}\u2028\u2029]/gu, escapeUnits))
    .join('')
}

function escapeUnits(character: string): string {
  return Array.from({ length: character.length }, (_, at) => character.charCodeAt(at))
    .map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`)
    .join('')
}

function tokensOf(json: string): Token[] | undefined {
  if (!isJson(json)) return undefined
  const texts = json.match(TOKEN) ?? []
  return texts.map((text, index) => ({ kind: kindOf(text, texts[index + 1]), text: readable(text) }))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

function kindOf(text: string, next: string | undefined): TokenKind {
  if (text.startsWith('"')) return next === ':' ? 'key' : 'string'
  if (/^[{}[\],:]$/.test(text)) return 'mark'
  return /^-?\d/.test(text) ? 'number' : 'word'
}

/** A string whose letters were escaped is shown with its letters. */
function readable(text: string): string {
  return text.startsWith('"') && text.includes('\\') ? JSON.stringify(JSON.parse(text)) : text
}
