import { createRequire } from 'node:module'
// Loads two of its files instead of forty.
import satisfies from 'semver/functions/satisfies.js'
import validRange from 'semver/ranges/valid.js'

/** The version of this timhook. */
export const { version } = createRequire(import.meta.url)('../../../../package.json') as { version: string }

/** Returns what is wrong with a plugin's `timhook`, the range of versions that it supports. */
export function versionFault(range: unknown): string | undefined {
  if (range === undefined) return undefined
  if (typeof range !== 'string' || validRange(range) === null) {
    return 'timhook: expected a range of versions, such as "^0.2.0" or ">=0.2.0 <2"'
  }
  // A pre-release of a version in the range counts as in the range.
  if (satisfies(version, range, { includePrerelease: true })) return undefined
  return `it works with timhook ${range}, and this is ${version}; install a version of either that fits`
}
