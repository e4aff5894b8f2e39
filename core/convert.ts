import type { Wire } from './protocol/wire.ts'
import { isObject, type JsonObject } from './json.ts'

/** A schema as plain data, as far as the body reader looks into it. */
export interface SchemaNode {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly properties?: Readonly<Record<string, SchemaNode>>
  readonly items?: SchemaNode
  readonly wire?: Wire | 'msg-body'
  readonly expected?: string
}

/** Changes a checked object in place, so that its fields have the form that handlers see. */
export type Converter = (object: JsonObject) => void
type Step = (holder: JsonObject | unknown[], key: string | number) => void

/** The conversions that objects of this schema need, or undefined for none: most callbacks pay nothing. */
export function converterOf(schema: SchemaNode): Converter | undefined {
  const steps: [string, Step][] = []
  for (const [name, node] of Object.entries(schema.properties ?? {})) {
    const step = stepOf(node)
    if (step) steps.push([name, step])
  }
  if (steps.length === 0) return undefined
  return (object) => {
    for (const [name, step] of steps) if (object[name] !== undefined) step(object, name)
  }
}

function stepOf(node: SchemaNode): Step | undefined {
  if (node.wire === 'integer') return quotedInteger
  if (node.wire === 'number') return quotedNumber
  if (node.wire === 'account') return bareAccount
  if (node.items) return listOf(node.items)
  const convert = converterOf(node)
  return convert && ((holder, key) => void (isObject(at(holder, key)) && convert(at(holder, key) as JsonObject)))
}

function listOf(items: SchemaNode): Step | undefined {
  const step = stepOf(items)
  return (
    step &&
    ((holder, key) => {
      const list = at(holder, key)
      if (Array.isArray(list)) for (let index = 0; index < list.length; index++) step(list, index)
    })
  )
}

const quotedInteger: Step = (holder, key) => {
  const value = at(holder, key)
  // Digits that a number cannot hold stay as they are: losing one would be worse than the other type.
  if (typeof value === 'string' && Number.isSafeInteger(Number(value))) put(holder, key, Number(value))
}

const quotedNumber: Step = (holder, key) => {
  const value = at(holder, key)
  if (typeof value === 'string') put(holder, key, Number(value))
}

const bareAccount: Step = (holder, key) => {
  const value = at(holder, key)
  if (typeof value === 'number') put(holder, key, String(value))
}

function at(holder: JsonObject | unknown[], key: string | number): unknown {
  return (holder as JsonObject)[key]
}

function put(holder: JsonObject | unknown[], key: string | number, value: unknown): void {
  ;(holder as JsonObject)[key] = value
}
