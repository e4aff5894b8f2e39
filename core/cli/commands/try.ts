import { resolve } from 'node:path'
import { TimhookError } from '../../errors.ts'
import { isObject, type JsonObject, parseJson } from '../../lib/json.ts'
import { reasonOf } from '../../observe/loggable-error.ts'
import { testPlugin } from '../../testing/test-plugin.ts'
import type { TestPlugin } from '../../testing/types.ts'
import { definitionsOf } from '../input/command-pattern.ts'
import { escapeControls } from '../output/terminal-escape.ts'
import { samplesOf } from '../trigger/sample.ts'

export interface TryOptions {
  readonly set?: string[]
  readonly options?: string
}

/**
 * `timhook try FILE COMMAND`: gives one sample callback to a plugin in this process, and prints the verdict or the
 * outcome, with what the plugin logged and emitted. Nothing is stored, and REST calls fail with their name.
 * @throws TimhookError TEST_FAILED if the handler failed
 */
export async function tryPlugin(file: string, command: string, { set, options }: TryOptions): Promise<void> {
  const [sample, ...others] = await samplesOf(command, { ...(set && { set }) })
  if (!sample || others.length > 0) throw new TimhookError('USAGE', `try takes one command, got ${command}`)
  const body = parseJson(sample.make(0)) as JsonObject
  const plugin = /[\\/]|\.[cm]?js$/.test(file) ? resolve(file) : file
  const t = await testPlugin(plugin, { ...(options !== undefined && { options: optionsOf(options) }) })
  try {
    const isBefore = definitionsOf(command)[0]?.phase === 'before'
    const result = isBefore ? await verdictOf(t, command, body) : await handledOf(t, command, body)
    for (const { level, msg, callback: _id, command: _command, ...fields } of t.log.entries) {
      line(`log    ${level} ${msg}${Object.keys(fields).length > 0 ? ` ${JSON.stringify(fields)}` : ''}`)
    }
    line(result)
  } catch (error) {
    throw new TimhookError('TEST_FAILED', `the handler failed: ${reasonOf(error)}`, { cause: error })
  } finally {
    await t.close()
  }
}

async function verdictOf(t: TestPlugin, command: string, body: JsonObject): Promise<string> {
  const { outcome, code, answer } = await t.before<string>(command, body)
  return `${outcome} ${code}\n${JSON.stringify(answer)}`
}

async function handledOf(t: TestPlugin, command: string, body: JsonObject): Promise<string> {
  await t.after<string>(command, body)
  return 'handled'
}

function optionsOf(text: string): object {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    value = undefined
  }
  if (isObject(value)) return value
  throw new TimhookError('USAGE', `--options: expected a JSON object, such as '{"words":["casino"]}'`)
}

function line(text: string): void {
  process.stdout.write(`${text.split('\n').map(escapeControls).join('\n')}\n`)
}
