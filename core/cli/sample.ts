import { readFile } from 'node:fs/promises'
import { TimhookError } from '../errors.ts'
import { isObject, type JsonObject, writeJson } from '../json.ts'
import { commands } from '../protocol/commands.ts'
import { suggestion } from '../suggest.ts'
import { variation } from '../sample/variation.ts'

/** Makes the n-th body to send; no two are taken for the same callback. */
export type MakeBody = (n: number) => string

/**
 * Bodies for `trigger`: a file as it is, or the sample of the command, varied where there is a seed, with the fields
 * that were set.
 * @param settings `path=value`: the path is dotted, the value JSON where it is JSON, else text
 * @throws TimhookError UNKNOWN_COMMAND, USAGE
 */
export async function bodyMaker(
  command: string,
  options: { raw?: string; set?: readonly string[]; seed?: number },
): Promise<MakeBody> {
  if (options.raw !== undefined) {
    const text = await readBody(options.raw)
    return () => text
  }
  const definition = commands.get(command)
  if (!definition) {
    throw new TimhookError(
      'UNKNOWN_COMMAND',
      `${command} is no callback known here${suggestion(command, commands.keys())}`,
      {
        hint: '`timhook list` names them; --raw FILE sends a body of your own.',
      },
    )
  }
  const settings = (options.set ?? []).map(parseSetting)
  // A variation might drop what a path leads through, so fields that are set are not varied.
  const fixed = settings.map(({ path: [name = ''] }) => name)
  const { seed } = options
  return (n) => {
    const sample = sampleNow(definition.sample, n)
    const body = seed === undefined ? sample : variation(definition, sample, { seed, n, fixed })
    for (const { path, value } of settings) put(body, path, value)
    return writeJson(body)
  }
}

function sampleNow(sample: object, n: number): JsonObject {
  const body = structuredClone(sample) as JsonObject
  const nowMs = Date.now()
  if ('EventTime' in body) body['EventTime'] = nowMs + n
  if ('MsgTime' in body) body['MsgTime'] = Math.floor(nowMs / 1000)
  if (typeof body['MsgSeq'] === 'number') body['MsgSeq'] = body['MsgSeq'] + n
  return body
}

async function readBody(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new TimhookError('USAGE', `--raw ${file}: cannot be read (${code})`, { cause: error })
  }
}

function parseSetting(setting: string): { path: string[]; value: unknown } {
  const equals = setting.indexOf('=')
  if (equals < 1) throw new TimhookError('USAGE', `--set ${setting}: expected path=value, such as GroupId=@TGS#1`)
  const text = setting.slice(equals + 1)
  const path = setting.slice(0, equals).split('.')
  if (path.includes('__proto__')) throw new TimhookError('USAGE', `--set ${path.join('.')}: no field has this name`)
  return { path, value: parseValue(text) }
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
    // What an object inherits is shared by all.
    const inner: unknown = Object.hasOwn(holder, step) ? Reflect.get(holder, step) : undefined
    if (!isObject(inner) && !Array.isArray(inner)) {
      throw new TimhookError('USAGE', `--set ${path.join('.')}: the sample has no object at ${step}`)
    }
    holder = inner
  }
  Object.defineProperty(holder, path.at(-1) ?? '', { value, enumerable: true, configurable: true, writable: true })
}
