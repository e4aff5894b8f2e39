/** What a code means for the caller. */
export type CodeKind =
  /** Too many calls. The command did not run. */
  | 'rate'
  /** A temporary fault at Tencent. */
  | 'retry'
  /** The same, worth one retry. */
  | 'once'
  /** The UserSig has expired or arrived damaged. */
  | 'usersig'
  /** Too many failed signatures: wait a minute. */
  | 'wait'
  /** Settings here or in the console are wrong. */
  | 'configuration'
  /** This request is wrong, and a retry cannot help. */
  | 'request'
  /** The request is right, but the group or the account is not in the required state. */
  | 'state'
  /** Anything else. */
  | 'other'

const KINDS: Readonly<Record<Exclude<CodeKind, 'other'>, readonly number[]>> = {
  rate: [60007, 60011, 60018, 60019, 10006],
  // 10023 is the limit of one group, so it does not concern other calls.
  retry: [60008, 60014, 10002, 10023, 20004, 20005, 70169, 70202, 70500, 90992, 90994, 90995, 91000],
  once: [60004, 60005, 60013],
  usersig: [70001, 70002, 70003, 70005],
  wait: [70050],
  configuration: [
    60002, 60003, 60006, 60009, 60010, 60012, 60015, 60016, 60017, 60020, 60021, 60025, 60026, 60027, 60028, 70009,
    70013, 70014, 70016, 70020, 70051, 70403, 90009, 10003, 10026,
  ],
  request: [10004, 10005, 10007, 10011, 10012, 10018, 10054, 70402, 80002, 93000],
  state: [10010, 10013, 10014, 10015, 10016, 10037, 10038, 70107],
}

const kinds = new Map(
  Object.entries(KINDS).flatMap(([kind, codes]) => codes.map((code) => [code, kind as CodeKind] as const)),
)

// The server answered without knowing whether the command took effect.
const UNKNOWN_OUTCOME = new Set([60008, 60013, 10002, 20004, 20005, 90992, 90994, 90995, 91000])

// No call can succeed until the settings are changed. The other codes of configuration concern one command: they
// must not stop the plugins that call others.
const SUSPENDING = new Set([
  60006, 60010, 60012, 60016, 60020, 60021, 60025, 60026, 60027, 70009, 70013, 70014, 70016, 70020, 70051,
])

/** The kind of a code, by the documents (intl 34348, cn 1671). */
export function kindOf(code: number): CodeKind {
  return kinds.get(code) ?? 'other'
}

/** Whether this code leaves open if the command took effect. */
export function leavesOutcomeUnknown(code: number): boolean {
  return UNKNOWN_OUTCOME.has(code)
}

/** Whether this code means that no other call can succeed either. */
export function suspendsAll(code: number): boolean {
  return SUSPENDING.has(code)
}
