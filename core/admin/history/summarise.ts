import { bodyReader, type BodyReader, type Reading, unknownReader } from '../../callback/body-reader.ts'
import type { Entry } from '../../delivery/history.ts'
import { type JsonObject, parseObject } from '../../lib/json.ts'
import { commands } from '../../protocol/commands.ts'
import { orderKeyOf } from '../../protocol/order-key.ts'
import type { EventOutcome, EventSummary, PluginOutcome } from '../api-types.ts'
import { TEST_PARAMETER } from '../test-parameter.ts'

/** Characters. For lists, longer bodies are not parsed. */
const LONGEST_LISTED = 16_000

const readers = new Map<string, BodyReader>()

/** An entry as the page lists it. Some fields need its body. */
export function summarise(entry: Entry): EventSummary {
  const { id, ref, sdkAppId, command, receivedAt, signed, resends, maybeResend, plugins, undelivered, body } = entry
  const parsed = body && body.raw.length <= LONGEST_LISTED ? parseObject(body.raw) : undefined
  const isTest = body !== undefined && new URLSearchParams(body.query).has(TEST_PARAMETER)
  return {
    id,
    ref,
    sdkAppId,
    command,
    receivedAt,
    signed,
    resends,
    maybeResend,
    outcome: outcomeOf(entry),
    plugins,
    ...(undelivered && { undelivered }),
    ...(parsed && about(command, parsed)),
    ...(isTest && { test: true }),
  }
}

/** Reads a body by the definition of its command. */
export function readingOf(command: string, body: JsonObject): Reading {
  const definition = commands.get(command)
  if (!definition) return unknownReader(command)(body)
  const reader = readers.get(command) ?? bodyReader(definition)
  readers.set(command, reader)
  return reader(body)
}

function outcomeOf({ plugins, undelivered }: Entry): EventOutcome {
  if (undelivered) return undelivered.failed ? 'failed' : undelivered.outcome
  const worst: readonly PluginOutcome[] = ['dead', 'waiting', 'done']
  return worst.find((outcome) => plugins.some((plugin) => plugin.outcome === outcome)) ?? 'none'
}

function about(command: string, body: JsonObject): Pick<EventSummary, 'group' | 'account' | 'faulty'> {
  const definition = commands.get(command)
  const order = definition?.phase === 'after' ? definition.order : undefined
  const [by, first] = (order && orderKeyOf(order, body)?.split('\u0000')) ?? []
  const group = by === 'group' ? first : idOf(body['GroupId'])
  const account = idOf(body['From_Account']) ?? idOf(body['Operator_Account']) ?? (by === 'account' ? first : undefined)
  const isFaulty = readingOf(command, body).faults.length > 0
  return {
    ...(group !== undefined && { group }),
    ...(account !== undefined && { account }),
    ...(isFaulty && { faulty: true }),
  }
}

function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}
