import { isObject, type JsonObject } from '../lib/json.ts'

/** Which callbacks a plugin gets, by the contents of their bodies. In patterns `*` stands for any text. */
export interface BodySelection {
  readonly groups?: readonly string[]
  readonly accounts?: readonly string[]
  readonly msgTypes?: readonly string[]
}

/**
 * Whether a body is selected. If a field that decides was left out because it does not fit, the body is selected:
 * a fault must not let a callback past a plugin.
 * @param paths the fields that were left out, as in `callback:faulty`
 */
export type Selects = (body: JsonObject, paths?: readonly string[]) => boolean

const GROUP = /(?:^|\.)(?:GroupId|RoomId)$/
const ACCOUNT = /(?:^|\.|_)Account(?:\[\])?$/

/** How deep an account may be nested: `Info.To_Account`, `PairList[].From_Account`. */
const ACCOUNT_DEPTH = 3
/** How deep a group may be nested, in objects but not in lists. */
const GROUP_DEPTH = 2

/** Creates the test of bodies; undefined if the selection does not depend on them. All given keys have to match. */
export function bodySelector({ groups, accounts, msgTypes }: BodySelection): Selects | undefined {
  const tests: Selects[] = []
  if (groups) {
    const matches = matcher(groups)
    tests.push((body, paths = []) => namesOf(body).groups.some(matches) || paths.some((path) => GROUP.test(path)))
  }
  if (accounts) {
    const matches = matcher(accounts)
    tests.push((body, paths = []) => namesOf(body).accounts.some(matches) || paths.some((path) => ACCOUNT.test(path)))
  }
  if (msgTypes) {
    const matches = matcher(msgTypes)
    tests.push((body) => typesOf(body).some((type) => type === undefined || matches(type)))
  }
  return tests.length === 0 ? undefined : (body, paths) => tests.every((test) => test(body, paths))
}

/** Called with each id in a body. Ids may come several times. */
export interface NameVisitor {
  group(id: string): void
  account(id: string): void
}

/** The ids of groups and rooms, and those of accounts: sender, receiver, member, operator. */
export function namesOf(body: JsonObject): { readonly groups: string[]; readonly accounts: string[] } {
  const groups: string[] = []
  const accounts: string[] = []
  visitNames(body, { group: (id) => groups.push(id), account: (id) => accounts.push(id) })
  return { groups, accounts }
}

/** Visits the groups and accounts that a body names, as `only.groups` and `only.accounts` mean them. */
export function visitNames(body: JsonObject, visitor: NameVisitor): void {
  visitObject(body, visitor, 1, GROUP_DEPTH)
}

function visitObject(object: JsonObject, visitor: NameVisitor, depth: number, groupDepth: number): void {
  for (const key of Object.keys(object)) {
    const value = object[key]
    const kind = kindOf(key)
    if (kind === 'account') visitAccounts(value, visitor)
    else if (typeof value !== 'object') {
      const id = kind === 'group' && depth <= groupDepth ? idOf(value) : undefined
      if (id !== undefined) visitor.group(id)
    } else if (kind !== 'message' && depth < ACCOUNT_DEPTH) {
      if (isObject(value)) visitObject(value, visitor, depth + 1, groupDepth)
      else if (Array.isArray(value)) {
        for (const item of value as unknown[]) if (isObject(item)) visitObject(item, visitor, depth + 1, 0)
      }
    }
  }
}

function visitAccounts(value: unknown, visitor: NameVisitor): void {
  for (const account of Array.isArray(value) ? (value as unknown[]) : [value]) {
    const id = idOf(account)
    if (id !== undefined) visitor.account(id)
  }
}

type Kind = 'account' | 'group' | 'message' | 'other'

/** The kind of each key. Bodies have few different keys, and comparing them each time took half of the walk. */
const kinds = new Map<string, Kind>()
const MAX_KINDS = 1000

function kindOf(key: string): Kind {
  const known = kinds.get(key)
  if (known !== undefined) return known
  const kind = kindByName(key)
  if (kinds.size < MAX_KINDS) kinds.set(key, kind)
  return kind
}

/** The contents of a message name nobody. */
function kindByName(key: string): Kind {
  if (key === 'GroupId' || key === 'RoomId') return 'group'
  if (key === 'Account' || key.endsWith('_Account')) return 'account'
  return key === 'MsgBody' ? 'message' : 'other'
}

/** Stored bodies may have numbers as ids. */
function idOf(value: unknown): string | undefined {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : undefined
}

const NAMES_ACCOUNT = /(?:Account|UserId)$/i

/** Whether a value names an account in any field for accounts, at any depth. Texts of messages name none. */
export function namesAccount(value: unknown, account: string): boolean {
  if (Array.isArray(value)) return value.some((item) => namesAccount(item, account))
  if (!isObject(value)) return false
  return Object.entries(value).some(([key, inner]) => {
    const list: readonly unknown[] = Array.isArray(inner) ? inner : [inner]
    if (NAMES_ACCOUNT.test(key) && list.some((item) => idOf(item) === account)) return true
    return namesAccount(inner, account)
  })
}

/** The types of a message's elements. An element of unknown type may be of any type. */
function typesOf({ MsgBody }: JsonObject): (string | undefined)[] {
  const elements: readonly unknown[] = Array.isArray(MsgBody) ? MsgBody : []
  return elements.map((element) => {
    const type = isObject(element) ? element['MsgType'] : undefined
    return typeof type === 'string' ? type : undefined
  })
}

/** Creates a test of whether a text matches one of the patterns. `*` matches any text, even none. */
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
