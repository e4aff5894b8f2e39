import { definitionsOf, unknownText } from '../cli/input/command-pattern.ts'
import { TimhookError } from '../errors.ts'
import { type JsonObject, writeJson } from '../lib/json.ts'
import type { Definition } from '../protocol/define.ts'
import { sampleAt } from '../sample/sample-at.ts'
import { variation } from '../sample/variation.ts'
import type { FuzzSettings } from './types.ts'

/**
 * Gives a plugin variations of the samples of all callbacks that the pattern covers and that it handles. They fit their
 * definitions, so no handler may fail.
 * @returns the number of callbacks
 * @throws TimhookError TEST_FAILED with the body and the seed of the first failure, and its error as `cause`
 */
export async function fuzz(
  pattern: string,
  { seed = 1, count = 100 }: FuzzSettings,
  deps: {
    handles: (command: string) => boolean
    nowMs: number
    call: (definition: Definition, body: JsonObject) => Promise<unknown>
  },
): Promise<number> {
  const definitions = definitionsOf(pattern).filter(({ command }) => deps.handles(command))
  if (definitions.length === 0) {
    const known = definitionsOf(pattern).length > 0
    const message = known ? `the plugin handles no callback of ${pattern}` : unknownText(pattern)
    throw new TimhookError('TEST_FAILED', message)
  }
  for (const definition of definitions) {
    for (let n = 0; n < count; n++) {
      const body = variation(definition, sampleAt(definition.sample, n, deps.nowMs), { seed, n })
      await deps.call(definition, body).catch((cause: unknown) => {
        const reason = cause instanceof Error ? cause.message : String(cause)
        const place = `${definition.command}, seed ${seed}, body ${n}`
        throw new TimhookError('TEST_FAILED', `${place}: ${reason}\n${writeJson(body)}`, { cause })
      })
    }
  }
  return definitions.length * count
}
