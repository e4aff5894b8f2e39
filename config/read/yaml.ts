import { Composer, LineCounter, Parser, isDocument, isScalar, visit, type CST, type Document } from 'yaml'
import type { Fault, Locate } from '../faults.ts'
import { locateIn } from './locate.ts'
import { isPlainObject } from '../schema/objects.ts'
import { placed, yamlSentence } from './yaml-faults.ts'

const MAX_DEPTH = 64

/** A parsed YAML text. The value is undefined if it cannot be read. */
export interface ParsedYaml {
  value: unknown
  faults: Fault[]
  locate: Locate
}

/** Parses a YAML 1.2 text (JSON is YAML) of one document. `file` is the name that positions carry. Never throws. */
export function parseYaml(text: string, file: string): ParsedYaml {
  const counter = new LineCounter()
  const tokens = [...new Parser(counter.addNewLine).parse(text)]
  const at = (offset: number) => {
    const { line, col } = counter.linePos(offset)
    return { file, line, column: col }
  }
  const nowhere: Locate = () => ({ file, line: 1, column: 1 })
  const failed = (faults: Fault[]): ParsedYaml => ({ value: undefined, faults, locate: nowhere })
  const fault = (offset: number, message: string): Fault => ({ path: [], message, position: at(offset) })

  // The composer is recursive, and Node 20 crashes when the stack overflows inside a regular expression.
  const deep = tokens.map(tooDeep).find((offset) => offset !== undefined)
  if (deep !== undefined) return failed([fault(deep, yamlSentence('RESOURCE_EXHAUSTION'))])

  const composer = new Composer({ prettyErrors: false, stringKeys: true, uniqueKeys: false, version: '1.2' })
  const [document, second] = [...composer.compose(tokens, true, text.length)]
  if (!isDocument(document)) return failed([fault(0, yamlSentence('IMPOSSIBLE'))])
  const errors = [...document.errors, ...document.warnings]
  const faults = placed(errors, text).map(({ offset, sentence }) => fault(offset, sentence))
  const twice = keysGivenTwice(document).map((offset) => fault(offset, yamlSentence('DUPLICATE_KEY')))
  if (second !== undefined) faults.push(fault(second.range[0], yamlSentence('MULTIPLE_DOCS')))
  faults.push(...aliasFaults(document, fault))
  // After a duplicate key the rest can still be read. After other errors it would be a guess.
  if (faults.length > 0) return failed([...twice, ...faults])
  try {
    return { value: document.toJS(), faults: twice, locate: locateIn(document, at) }
  } catch {
    return failed([...twice, fault(0, 'the aliases (*name) of this file expand to too much')])
  }
}

/** The positions of the keys that a map has already. The parser's own search is quadratic. */
function keysGivenTwice(document: Document): number[] {
  const offsets: number[] = []
  visit(document, {
    Map(_key, { items }) {
      const seen = new Set<unknown>()
      for (const { key } of items) {
        if (!isScalar(key)) continue
        if (seen.has(key.value)) offsets.push(key.range?.[0] ?? 0)
        seen.add(key.value)
      }
    },
  })
  return offsets
}

function aliasFaults(document: Document, fault: (offset: number, message: string) => Fault): Fault[] {
  const faults: Fault[] = []
  visit(document, {
    Alias(_key, alias, ancestors) {
      const target = alias.resolve(document)
      const offset = alias.range?.[0] ?? 0
      if (target === undefined) faults.push(fault(offset, yamlSentence('BAD_ALIAS')))
      else if (ancestors.some((ancestor) => ancestor === target))
        faults.push(fault(offset, 'this alias is inside what it names'))
    },
  })
  return faults
}

/** Offset of the first token that is nested too deeply. It walks iteratively, to save the call stack. */
function tooDeep(root: CST.Token): number | undefined {
  const open: [token: unknown, depth: number][] = [[root, 0]]
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [token, depth] = next
    if (!isPlainObject(token)) continue
    if (depth > MAX_DEPTH) return Number(token.offset ?? 0)
    if (token.type === 'document') open.push([token.value, depth])
    if (!Array.isArray(token.items)) continue
    for (const item of token.items as readonly CST.CollectionItem[])
      open.push([item.key, depth + 1], [item.value, depth + 1])
  }
  return undefined
}
