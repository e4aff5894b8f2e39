import { isObject, type JsonObject } from '../lib/json.ts'

/** Which callbacks a plugin gets, by what their bodies say. Patterns, where `*` stands for any text. */
export interface BodySelection {
  readonly groups?: readonly string[]
  readonly accounts?: readonly string[]
  readonly msgTypes?: readonly string[]
}

/**
 * Whether a body is among those that are selected. Where a field that decides was left out because it does not fit, it
 * is: a fault must not open a gate.
 * @param paths the fields that were left out, as in `callback:faulty`
 */
export type Selects = (body: JsonObject, paths?: readonly string[]) => boolean

const GROUP = /(?:^|\.)(?:GroupId|RoomId)$/
const ACCOUNT = /(?:^|\.|_)Account(?:\[\])?$/

/** Objects in objects that hold accounts: `Info.To_Account`, `PairList[].From_Account`. */
const MAX_DEPTH = 3

/** Creates the test of bodies; undefined if the selection asks for nothing in them. All that is given has to match. */
export function bodySelector({ groups, accounts, msgTypes }: BodySelection): Selects | undefined {
  const tests: Selects[] = []
  if (groups) {
    const matches = matcher(groups)
    tests.push((body, paths = []) => groupsOf(body).some(matches) || paths.some((path) => GROUP.test(path)))
  }
  if (accounts) {
    const matches = matcher(accounts)
    tests.push((body, paths = []) => hasAccount(body, matches, MAX_DEPTH) || paths.some((path) => ACCOUNT.test(path)))
  }
  if (msgTypes) {
    const matches = matcher(msgTypes)
    tests.push((body) => typesOf(body).some((type) => type === undefined || matches(type)))
  }
  return tests.length === 0 ? undefined : (body, paths) => tests.every((test) => test(body, paths))
}

/** The ids of groups and rooms, at the top of the body or one level below. */
function groupsOf(body: JsonObject): string[] {
  return [body, ...Object.values(body).filter(isObject)]
    .flatMap(({ GroupId, RoomId }) => [GroupId, RoomId])
    .flatMap((id) => idOf(id) ?? [])
}

/** What is stored may have numbers for ids. */
function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** Whether an account that the body names matches: sender, receiver, member, operator. What a message holds names none. */
function hasAccount(value: JsonObject, matches: (text: string) => boolean, depth: number): boolean {
  return Object.entries(value).some(([key, inner]) => {
    if (key === 'MsgBody') return false
    const list: readonly unknown[] = Array.isArray(inner) ? inner : [inner]
    if (key.endsWith('_Account') || key === 'Account') {
      return list.some((account) => {
        const id = idOf(account)
        return id !== undefined && matches(id)
      })
    }
    return depth > 1 && list.some((item) => isObject(item) && hasAccount(item, matches, depth - 1))
  })
}

/** The types of a message's elements. One whose type cannot be told may be of any. */
function typesOf({ MsgBody }: JsonObject): (string | undefined)[] {
  const elements: readonly unknown[] = Array.isArray(MsgBody) ? MsgBody : []
  return elements.map((element) => {
    const type = isObject(element) ? element['MsgType'] : undefined
    return typeof type === 'string' ? type : undefined
  })
}

/** Creates the test whether a text matches one of the patterns. `*` matches any text, even none. */
export function matcher(patterns: readonly string[]): (text: string) => boolean {
  const parts = patterns.map((pattern) => pattern.split('*'))
  return (text) => parts.some((pieces) => fits(text, pieces))
}

/** Matches in one pass: each piece at its first occurrence, the last one at the end. */
function fits(text: string, [first = '', ...others]: readonly string[]): boolean {
  const last = others.pop()
  if (last === undefined) return text === first
  if (!text.startsWith(first)) return false
  let at = first.length
  for (const piece of others) {
    const found = text.indexOf(piece, at)
    if (found < 0) return false
    at = found + piece.length
  }
  return text.length - last.length >= at && text.endsWith(last)
}
