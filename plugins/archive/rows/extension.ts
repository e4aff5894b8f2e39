import type { ExtensionFact } from '../callbacks/fact.ts'

/** Time of the change in milliseconds, and the version that the whole extension had then. */
type Version = readonly [at: number, seq: number]

/** The values of a message, each with the change that it is from, including deleted ones, and the last clearing. */
export interface ExtensionState {
  readonly cleared?: Version
  readonly values: Readonly<Record<string, { readonly value: string | null; readonly version: Version }>>
}

/** The state after one more change. The order of the changes does not matter. */
export function mergeExtension(state: ExtensionState = { values: {} }, fact: ExtensionFact): ExtensionState {
  const version: Version = [fact.at, fact.seq]
  const cleared = fact.clears && isAfter(version, state.cleared) ? version : state.cleared
  const values = new Map(Object.entries(state.values))
  for (const [key, value] of Object.entries(fact.values)) {
    const known = values.get(key)
    const isSame = known?.version[0] === version[0] && known.version[1] === version[1]
    if (isAfter(version, known?.version) || (isSame && (value ?? '') > (known?.value ?? ''))) {
      values.set(key, { value, version })
    }
  }
  for (const [key, known] of values) if (!isAfter(known.version, cleared)) values.delete(key)
  return { ...(cleared && { cleared }), values: Object.fromEntries(values) }
}

function isAfter([at, seq]: Version, other: Version | undefined): boolean {
  if (other === undefined) return true
  return at === other[0] ? seq > other[1] : at > other[0]
}
