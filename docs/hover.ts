import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { commands } from '../core/protocol/commands.ts'
import type { Definition } from '../core/protocol/define.ts'
import { elements } from '../core/protocol/msg-body.ts'
import { documentsOf } from './handlers.ts'

// Run by `npm run build`. The compiler derives the bodies' types from the schemas, and drops their descriptions.

interface Schema {
  readonly description?: string
  readonly properties?: Readonly<Record<string, Schema>>
  readonly items?: Schema
}

/** An object type in the text of a declaration: the lines of its fields, and the object types inside them. */
interface Frame {
  readonly indent: number
  /** The field of the enclosing object whose type this is. */
  readonly of: string | undefined
  readonly fields: Map<string, number>
  readonly inner: Frame[]
}

const FIELD = /^( +)(\w+)\??: /
const COMMAND = /CallbackCommand\?: "([^"]+)"/

const byNames = new Map<string, Schema>()

const namesOf = (names: Iterable<string>): string =>
  [...names]
    .filter((name) => name !== 'CallbackCommand')
    .toSorted()
    .join()

function collect(schema: Schema): void {
  const { properties, items } = schema
  if (properties && !byNames.has(namesOf(Object.keys(properties)))) {
    byNames.set(namesOf(Object.keys(properties)), schema)
  }
  for (const inner of [...Object.values(properties ?? {}), ...(items ? [items] : [])]) collect(inner)
}

/** Returns the object types of a file. One that continues (`} & {`, `}, {`) is the same object. */
function framesOf(lines: readonly string[]): Frame[] {
  const all: Frame[] = []
  const open: Frame[] = []
  for (const [index, line] of lines.entries()) {
    const indent = line.search(/\S/)
    const goesOn = open.at(-1)?.indent === indent && line.trimStart().startsWith('}')
    if (goesOn && !line.endsWith('{')) open.pop()
    if (goesOn) continue
    const [, , name] = FIELD.exec(line) ?? []
    if (name !== undefined) open.at(-1)?.fields.set(name, index)
    if (!line.endsWith('{')) continue
    const frame: Frame = { indent, of: name, fields: new Map(), inner: [] }
    const around = open.at(-1)?.inner ?? all
    around.push(frame)
    open.push(frame)
  }
  return all
}

/** Collects the comment of each line that declares a field. */
function describe(frame: Frame, known: Schema | undefined, links: string, comments: Map<number, string>): void {
  let schema = known
  while (schema?.items) schema = schema.items
  if (!schema?.properties) schema = byNames.get(namesOf(frame.fields.keys()))
  for (const [name, index] of frame.fields) {
    const { description } = schema?.properties?.[name] ?? {}
    if (description !== undefined) comments.set(index, `${description}.${links && ` ${links}`}`)
  }
  for (const inner of frame.inner) {
    describe(inner, inner.of === undefined ? undefined : schema?.properties?.[inner.of], links, comments)
  }
}

/** Returns a declaration file with a comment above each field that the table knows. */
function annotated(text: string): string {
  const lines = text.split('\n')
  const comments = new Map<number, string>()
  for (const frame of framesOf(lines)) {
    const [, command = ''] = COMMAND.exec(lines[frame.fields.get('CallbackCommand') ?? -1] ?? '') ?? []
    const definition: Definition | undefined = commands.get(command)
    // An event of a list may have a command too, but is not a body.
    const request: Schema | undefined = definition?.request
    const isBody = namesOf(Object.keys(request?.properties ?? {})) === namesOf(frame.fields.keys())
    describe(frame, isBody ? request : undefined, definition ? documentsOf(definition) : '', comments)
  }
  return lines
    .flatMap((line, index) => {
      const comment = comments.get(index)
      const isDone = lines[index - 1]?.trimStart().startsWith('/**') === true
      return comment === undefined || isDone ? [line] : [`${' '.repeat(line.search(/\S/))}/** ${comment} */`, line]
    })
    .join('\n')
}

for (const definition of commands.values()) {
  collect(definition.request)
  if (definition.phase === 'before') collect(definition.answer)
}
for (const schema of elements.values()) collect(schema)

const folder = 'dist/core/protocol'
for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
  if (!name.endsWith('.d.ts')) continue
  const text = readFileSync(join(folder, name), 'utf8')
  writeFileSync(join(folder, name), annotated(text))
}
