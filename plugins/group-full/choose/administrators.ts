import type { AppSettings } from 'timhook/plugin'

/** Returns the accounts that call the REST API. They are often silent members. */
export function administratorsOf({ apps }: { readonly apps: readonly AppSettings[] }): ReadonlySet<string> {
  return new Set(apps.flatMap(({ identifier }) => (identifier === undefined ? [] : [identifier])))
}
