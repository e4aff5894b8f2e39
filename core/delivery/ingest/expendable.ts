/**
 * Whether a callback is evicted before others. Anyone can send unsigned ones, and nobody knows the worth of an unknown
 * command.
 */
export function isExpendable(signed: boolean, isKnown: boolean): boolean {
  return !signed || !isKnown
}
