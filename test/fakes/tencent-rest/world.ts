import type { Group } from './groups.ts'

/** Ways in which Tencent's answers differ from what one would expect, each seen or documented. */
export interface Oddities {
  /** `"Member "`, with the space of the documents' samples. */
  spaceAfterRole: boolean
  /** `ShutUpUntil`, `ShutUpAllMember` and `State`, as older deployments write. */
  formerNames: boolean
  /** Roles that a filter did not ask for come too. */
  leakyRoleFilter: boolean
  noErrorInfo: boolean
  noActionStatus: boolean
  /** `RequestId` and `ErrorDisplay`, as newer deployments send. */
  requestId: boolean
}

export interface C2cMessage {
  readonly key: string
  readonly from: string
  readonly to: string
  body: unknown
  readonly random: number
  recalled?: boolean
  /** Of a streamed one: whether more may follow. */
  open?: boolean
}

/** What the commands work on. */
export interface World {
  readonly groups: Map<string, Group>
  readonly administrators: ReadonlySet<string>
  /** Accounts that exist beside the members of groups. */
  readonly accounts: Set<string>
  readonly oddities: Oddities
  /** Owners and admins that somebody asked to remove: a test fails on any. */
  readonly protectedRemovals: { group: string; account: string }[]
  /** Messages of an hour, by kind and hour: `C2C 2015120121`. */
  readonly history: Map<string, readonly unknown[]>
  /** Where the fake is. */
  url: string
  /** One-to-one messages, in the order of their keys. */
  readonly sent: C2cMessage[]
  /** Fields of profiles, by account. */
  readonly profiles: Map<string, Map<string, unknown>>
  /** Milliseconds since 1970. */
  readonly now: () => number
  /** Tells the app's webhook, later. */
  readonly callback: (command: string, body: Record<string, unknown>) => void
}

export function seconds(world: World): number {
  return Math.floor(world.now() / 1000)
}

export function isKnown(world: World, account: string): boolean {
  return world.accounts.has(account) || [...world.groups.values()].some(({ members }) => members.has(account))
}
