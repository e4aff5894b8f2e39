import { readFileSync } from 'node:fs'

/** A field as the notes about Tencent's documents list it. */
export interface DocumentedField {
  readonly name: string
  readonly type: string
  readonly enum?: readonly (string | number)[]
  readonly note?: string
  readonly fields?: readonly DocumentedField[]
  readonly items?: { readonly type: string; readonly fields?: readonly DocumentedField[] }
}

export interface Documented {
  readonly command: string
  readonly title: string
  readonly titleZh: string
  readonly phase: 'before' | 'after'
  readonly docs: { readonly intl: number | null; readonly cn: number | null; readonly product: number }
  readonly request: { readonly fields: readonly DocumentedField[] }
  readonly response: {
    readonly fields: readonly DocumentedField[]
    readonly errorCodes: readonly { readonly code: number | string }[]
  }
}

/** A name of Tencent's configuration, listed among the callbacks though it is never sent. */
const NO_REQUEST = 'Live.CallbackBeforeCallBackNotBlock'

const notes = JSON.parse(readFileSync('test/fixtures/callbacks.json', 'utf8')) as Documented[]

/** All callbacks that are documented, in the documents' order. */
export const documented: readonly Documented[] = notes.filter(({ command }) => command !== NO_REQUEST)

/** What the documents call a type, misspellings included. */
const TYPES: Readonly<Record<string, string>> = {
  String: 'string',
  string: 'string',
  Integer: 'integer',
  Interger: 'integer',
  Number: 'number',
  Bool: 'boolean',
  Array: 'array',
  'Array [ Event Object ]': 'array',
  Object: 'object',
  'JSON Object': 'object',
  'uint32/string': 'integer or string',
}

/** The type of a field by the documents; accounts are those strings whose name says so. */
export function documentedType(name: string, type: string): string {
  const known = TYPES[type] ?? `unknown type ${type}`
  return known === 'string' && name.endsWith('_Account') ? 'account' : known
}

/** The values that the documents name, be it in a table or in a remark. */
export function documentedValues(field: DocumentedField): readonly (string | number)[] {
  const [, seen] = /values seen: (.*)$/.exec(field.note ?? '') ?? []
  return field.enum ?? seen?.split(', ') ?? []
}

/** Ranges of the codes that reject. */
export function documentedRanges({ response }: Documented): [number, number][] {
  return response.errorCodes.flatMap(({ code }): [number, number][] => {
    if (code === 1) return [[1, 1]]
    const [, from, to] = /^([0-9]+)-([0-9]+)$/.exec(String(code)) ?? []
    return from && to ? [[Number(from), Number(to)]] : []
  })
}
