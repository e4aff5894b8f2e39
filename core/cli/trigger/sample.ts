import { readFile } from 'node:fs/promises'
import { TimhookError } from '../../errors.ts'
import { isObject, type JsonObject, writeJson } from '../../lib/json.ts'
import type { Definition } from '../../protocol/define.ts'
import { elements } from '../../protocol/msg-body.ts'
import type { Node } from '../../sample/make.ts'
import { sampleAt } from '../../sample/sample-at.ts'
import { variation } from '../../sample/variation.ts'
import { definitionsOf, unknownText } from '../input/command-pattern.ts'

/** The callbacks of one command to send. */
export interface Sample {
  readonly command: string
  /** Creates the n-th body. No two count as the same callback. */
  readonly make: (n: number) => string
}

/**
 * Creates the bodies that `trigger` sends: a file, unchanged, or the sample of each callback that the pattern matches,
 * varied if there is a seed, with the fields that were set.
 * @param options.set `path=value`: the path is dotted; the value is text if the field holds text, else JSON if it parses
 * @throws TimhookError UNKNOWN_COMMAND, USAGE
 */
export async function samplesOf(
  pattern: string,
  options: { raw?: string; set?: readonly string[]; seed?: number },
): Promise<Sample[]> {
  if (options.raw !== undefined) {
    if (pattern.endsWith('*')) throw new TimhookError('USAGE', `--raw takes one command, got ${pattern}`)
    const text = await readBody(options.raw)
    return [{ command: pattern, make: () => text }]
  }
  const definitions = definitionsOf(pattern)
  if (definitions.length === 0) {
    throw new TimhookError('UNKNOWN_COMMAND', unknownText(pattern), {
      hint: '`timhook list` names them; --raw FILE sends your own body.',
    })
  }
  const settings = (options.set ?? []).map(parseSetting)
  return definitions.map((definition) => sampleOf(definition, settings, options.seed))
}

function sampleOf(definition: Definition, settings: readonly Setting[], seed: number | undefined): Sample {
  // A variation might drop part of a path, so fields that are set are not varied.
  const fixed = settings.map(({ path: [name = ''] }) => name)
  return {
    command: definition.command,
    make(n) {
      const sample = sampleAt(definition.sample, n, Date.now())
      const body = seed === undefined ? sample : variation(definition, sample, { seed, n, fixed })
      for (const { path, text } of settings) put(body, path, valueFor(nodeAt(definition.request, body, path), text))
      return writeJson(body)
    },
  }
}

async function readBody(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new TimhookError('USAGE', `--raw ${file}: cannot be read (${code})`, { cause: error })
  }
}

interface Setting {
  readonly path: readonly string[]
  readonly text: string
}

function parseSetting(setting: string): Setting {
  const equals = setting.indexOf('=')
  if (equals < 1) throw new TimhookError('USAGE', `--set ${setting}: expected path=value, such as GroupId=@TGS#1`)
  const path = setting.slice(0, equals).split('.')
  if (path.includes('__proto__')) throw new TimhookError('USAGE', `--set ${path.join('.')}: no field has this name`)
  return { path, text: setting.slice(equals + 1) }
}

/** Finds the schema of a field in the command table. */
function nodeAt(request: Node, body: JsonObject, path: readonly string[]): Node | undefined {
  let node: Node | undefined = request
  let value: unknown = body
  for (const step of path) {
    if (typeof value !== 'object' || value === null) return undefined
    value = Reflect.get(value, step)
    node = node?.wire === 'msg-body' ? elementNode(value) : (node?.items ?? fieldOf(node, step))
  }
  return node
}

function fieldOf(node: Node | undefined, name: string): Node | undefined {
  return node?.properties && Object.hasOwn(node.properties, name) ? node.properties[name] : undefined
}

/** The schema of a message element, by its type. */
function elementNode(element: unknown): Node {
  const MsgContent: Node = elements.get(isObject(element) ? String(element['MsgType']) : '') ?? {}
  return { properties: { MsgType: { type: 'string' }, MsgContent } }
}

/** Parses the value for a field. Text stays text, even if it is digits; quotes around it are removed. */
function valueFor(node: Node | undefined, text: string): unknown {
  const value = parseValue(text)
  const isText = node?.wire === 'account' || node?.type === 'string'
  return isText && typeof value !== 'string' ? text : value
}

function parseValue(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function put(body: Record<string, unknown>, path: readonly string[], value: unknown): void {
  let holder: Record<string, unknown> | unknown[] = body
  for (const step of path.slice(0, -1)) {
    // Inherited values are shared by all objects.
    const inner: unknown = Object.hasOwn(holder, step) ? Reflect.get(holder, step) : undefined
    if (!isObject(inner) && !Array.isArray(inner)) {
      throw new TimhookError('USAGE', `--set ${path.join('.')}: the sample has no object at ${step}`)
    }
    holder = inner
  }
  Object.defineProperty(holder, path.at(-1) ?? '', { value, enumerable: true, configurable: true, writable: true })
}
