/** A group of an app. */
export interface Place {
  readonly app: number
  readonly group: string
}

// Group ids and accounts may contain any character. As JSON they cannot be mistaken for another part of the key, and lone
// surrogates and NUL are escaped.
const placed = (kind: string, { app, group }: Place, ...names: readonly string[]): string =>
  `${kind}:${app}:${JSON.stringify([group, ...names])}`

/** The keys of the plugin in its store. */
export const keys = {
  jobs: 'job:',
  job: (place: Place): string => placed('job', place),
  cooldown: (place: Place): string => placed('cooldown', place),
  lease: (place: Place): string => placed('group', place),
  seen: (place: Place, identity: string): string => placed('seen', place, identity),
  alerted: (place: Place): string => placed('alerted', place),
  removed: (place: Place, hash: string): string => placed('removed', place, hash),
  removedFrom: (place: Place): string => `${placed('removed', place).slice(0, -1)},`,
  usedByGroup: (place: Place): string => placed('used', place),
  usedByApp: (app: number): string => `used:${app}`,
  circuit: (app: number): string => `circuit:${app}`,
  capRefused: (app: number): string => `cap-refused:${app}`,
}
