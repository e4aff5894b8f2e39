import type { Merge, ResultItem } from '../protocol/answer-fields.ts'
import { allowsCode } from '../protocol/codes.ts'
import type { BeforeDefinition, Outcome } from '../protocol/define.ts'
import { fieldsReader, noteMissing, type Read, type SchemaNode } from '../callback/coerce.ts'
import { TimhookError } from '../errors.ts'
import { Faults } from '../callback/schema-errors.ts'
import { isObject, type JsonObject } from '../lib/json.ts'

const none: readonly unknown[] = Object.freeze([])

/** The decision of a before-handler. Only `allow`, `reject` and `drop` of a context create one. */
export class Verdict {
  readonly outcome: Outcome
  readonly code: number
  readonly info: string
  readonly fields: JsonObject | undefined
  /** What the documents do not allow, if the verdict had to be changed to something that they allow. */
  readonly fault: string | undefined
  /** Elements of the message without a type or content: they may only be returned unchanged. */
  readonly strange: readonly unknown[]

  constructor(outcome: Outcome, code: number, info: string, { fields, fault, strange = none }: Details = {}) {
    this.outcome = outcome
    this.code = code
    this.info = info
    this.fields = fields
    this.fault = fault
    this.strange = strange
  }
}

type Details = Partial<Pick<Verdict, 'fields' | 'fault' | 'strange'>>

/** Thrown for fields of allow() that the answer cannot carry. */
export class RewriteError extends TimhookError {
  readonly command: string
  readonly fault: string
  /** Whether the fields would have rewritten a message. */
  readonly isOfMessage: boolean

  constructor(command: string, fault: string, isOfMessage: boolean) {
    super('VERDICT_INVALID', `${command}: allow() got fields that do not fit: ${fault}`, { hint: HINT })
    this.command = command
    this.fault = fault
    this.isOfMessage = isOfMessage
  }
}

/**
 * Creates the functions that make verdicts for one command. A rejection that the documents do not allow still rejects,
 * with the default code: an author's mistake must not let a callback through. `allow` throws VERDICT_INVALID for
 * invalid fields.
 */
export interface VerdictFactory {
  readonly allow: (fields?: object) => Verdict
  readonly reject: (code?: number, info?: string) => Verdict
  readonly drop: () => Verdict
  /** The fields that `allow` takes; undefined if it takes any. */
  readonly answerFields: readonly string[] | undefined
}

const DROP_CODE = 2
const HINT = 'docs/en/reference/callbacks.md lists the possible answers to each callback.'

export function createVerdictFactory(definition: BeforeDefinition): VerdictFactory {
  let answer: AnswerChecker | undefined
  const invalid = (what: string): TimhookError =>
    new TimhookError('VERDICT_INVALID', `${definition.command}: ${what}`, { hint: HINT })
  const refusal = (info: string, fault: string): Verdict => {
    if (!allowsOutcome(definition, 'reject')) throw invalid('can be allowed alone')
    return new Verdict('reject', definition.codes.default, info, { fault })
  }
  const { properties, additionalProperties } = definition.answer as SchemaNode
  return {
    answerFields: additionalProperties === false ? Object.keys(properties ?? {}) : undefined,
    allow(fields) {
      if (fields === undefined) return new Verdict('allow', 0, '')
      answer ??= answerChecker(definition)
      const { given, strange, fault } = answer(fields)
      if (fault !== undefined) throw new RewriteError(definition.command, fault, MESSAGE in fields)
      const wrong = withoutFaultyCodes(definition, given)
      return new Verdict('allow', 0, '', { fields: given, strange, fault: wrong })
    },
    reject(code = definition.codes.default, info = '') {
      if (typeof info !== 'string') return refusal('', 'reject() takes its info as text')
      if (allowsCode(definition.codes, code)) return new Verdict('reject', code, info)
      // A value that is not a number may be message text.
      const got = typeof code === 'number' ? String(code) : typeof code
      return refusal(info, `reject() takes ${ranges(definition)}, got ${got}`)
    },
    drop() {
      return definition.drop ? new Verdict('drop', DROP_CODE, '') : refusal('', 'drop() is not documented')
    },
  }
}

interface Checked {
  readonly given: JsonObject
  readonly strange: readonly unknown[]
  readonly fault?: string
}

type AnswerChecker = (fields: object) => Checked

const MESSAGE = 'MsgBody'
/** The keys of the envelope, which timhook sets. */
const ENVELOPE = ['ActionStatus', 'ErrorInfo', 'ErrorCode']

/** Checks the fields of an answer. Returns a JSON copy that plugins can no longer change. */
function answerChecker(definition: BeforeDefinition): AnswerChecker {
  const schema = definition.answer as SchemaNode
  const read = fieldsReader(schema, { message: readElements, exact: true })
  return (fields) => {
    let copy: unknown
    try {
      copy = JSON.parse(JSON.stringify(fields))
    } catch {
      return { given: {}, strange: none, fault: 'they cannot be written as JSON' }
    }
    if (!isObject(copy)) return { given: {}, strange: none, fault: 'expected an object' }
    const faults = new Faults()
    const given = read(copy, undefined, faults)
    noteMissing(schema, copy, given, undefined, faults)
    for (const name of ENVELOPE) if (Object.hasOwn(given, name)) faults.add(undefined, name, 'is not a field of it')
    if (faults.count > 0) return { given, strange: none, fault: faults.named.join('; ') }
    return { given, strange: list(given[MESSAGE]).filter((element) => !isElement(element)) }
  }
}

/** Checks only that a message is a list, because its elements may have been received like that. */
const readElements: Read = (value, up, key, faults) =>
  Array.isArray(value) ? value : faults.misfit(up, key, 'array of message elements', value)

function isElement(element: unknown): boolean {
  return isObject(element) && typeof element['MsgType'] === 'string' && isObject(element['MsgContent'])
}

/** Replaces undocumented codes of targets by the default, and returns what was wrong. */
function withoutFaultyCodes(definition: BeforeDefinition, given: JsonObject): string | undefined {
  let fault: string | undefined
  for (const item of list<ResultItem>(given['ResultItem'])) {
    if (item.ResultCode === 0 || allowsCode(definition.codes, item.ResultCode)) continue
    fault = `ResultItem: ResultCode takes 0 or ${ranges(definition)}, got ${item.ResultCode}`
    item.ResultCode = definition.codes.default
  }
  return fault
}

function ranges({ codes }: BeforeDefinition): string {
  return codes.ranges.map(([from, to]) => (from === to ? `${from}` : `${from} to ${to}`)).join(' or ')
}

/** Whether the documents allow this outcome. */
export function allowsOutcome(definition: BeforeDefinition, outcome: Outcome): boolean {
  if (outcome === 'drop') return definition.drop
  return outcome === 'allow' || definition.codes.ranges.length > 0
}

/** Adapts a verdict to this callback. A verdict from another context still rejects if it does not apply. */
export function adaptVerdict(definition: BeforeDefinition, verdict: Verdict): Verdict {
  const { outcome, code, info } = verdict
  if (allowsOutcome(definition, outcome) && (outcome !== 'reject' || allowsCode(definition.codes, code))) return verdict
  const fault = `${outcome}() of another callback's context`
  if (!allowsOutcome(definition, 'reject')) return new Verdict('allow', 0, '', { fault })
  return new Verdict('reject', definition.codes.default, info, { fault })
}

/** Merges the fields of another allowing verdict into those so far, by the rule of the table for each field. */
export function mergeFields(definition: BeforeDefinition, given: JsonObject, added: JsonObject): JsonObject {
  const merged = { ...given }
  const properties = (definition.answer as { properties?: Record<string, { merge?: Merge }> }).properties ?? {}
  for (const [name, value] of Object.entries(added)) {
    const merge = properties[name]?.merge ?? 'last'
    if (merge === 'last' || given[name] === undefined) merged[name] = value
    else if (merge === 'union') merged[name] = [...new Set([...list<string>(given[name]), ...list<string>(value)])]
    else if (merge === 'entries') merged[name] = { ...(given[name] as object), ...(value as object) }
    else merged[name] = firstRefusals(list<ResultItem>(given[name]), list<ResultItem>(value))
  }
  return merged
}

/**
 * Returns the code, text and fields of the answer. If targets are decided one by one, names each whose account is a
 * string or a number; anything else is a fault of the body and not an account.
 */
export function answerOf(
  definition: BeforeDefinition,
  body: JsonObject,
  verdict: Verdict,
): { code: number; info: string; fields?: JsonObject } {
  const { code, info, fields } = verdict
  if (!definition.perTarget) return { code, info, ...(fields && { fields }) }
  const given = list<ResultItem>(fields?.['ResultItem'])
  const decisions = new Map(given.map((item) => [item.To_Account, item]))
  const ResultItem = list<JsonObject>(body[definition.perTarget.list])
    .map((target) => target['To_Account'])
    .filter((account) => typeof account === 'string')
    .map((To_Account) => ({ To_Account, ResultCode: code, ResultInfo: info, ...decisions.get(To_Account) }))
  return { code: 0, info: '', fields: { ResultItem } }
}

function firstRefusals(given: readonly ResultItem[], added: readonly ResultItem[]): ResultItem[] {
  const items = new Map(given.map((item) => [item.To_Account, item]))
  for (const item of added) if (!items.get(item.To_Account)?.ResultCode) items.set(item.To_Account, item)
  return [...items.values()]
}

function list<T>(value: unknown): T[] {
  return Array.isArray(value) ? value : []
}
