/**
 * Whether a callback goes before others where room is needed: anybody can send what is not signed, and nobody knows what
 * an unknown command is worth.
 */
export function isExpendable(signed: boolean, isKnown: boolean): boolean {
  return !signed || !isKnown
}
