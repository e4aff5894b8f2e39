import { dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const LINE = /^\s+at /
/** V8 does not write longer lines. */
const LONGEST = 1000
const PLACE = /(?:^\s+at (?:async )?|\()((?:file:\/\/|\/|[A-Za-z]:[\\/]).*:[0-9]+:[0-9]+)\)?$/
/** The compiled folders of timhook, and the bundle. Shipped plugins count as plugins. */
const OURS = ['core', 'config', 'typebox'].map((folder) => fileURLToPath(new URL(`../../${folder}/`, import.meta.url)))

/** Returns the lines of an error's stack without the message above them. */
export function stackLines(stack: string | undefined): string[] {
  return (stack ?? '').split('\n').filter((line) => LINE.test(line))
}

/**
 * Returns the first place of a stack that is neither Node's nor timhook's, as `/path/file.mjs:3:7`. A place in a
 * library counts only if there is no other.
 */
export function foreignPlace(stack: string | undefined): string | undefined {
  const places = stackLines(stack).flatMap((line) => placeOf(line) ?? [])
  const foreign = places.filter((place) => !isOurs(place))
  const own = foreign.find((place) => !isLibrary(place))
  // Libraries that timhook has called, or that have called it, have no part in its own errors.
  return own ?? (places[0] !== undefined && isOurs(places[0]) ? undefined : foreign[0])
}

/** Parses the place in a line of a stack. Returns undefined for Node's own code, which has no file. */
function placeOf(line: string): string | undefined {
  const place = PLACE.exec(line.slice(0, LONGEST))?.[1]
  if (place === undefined || !place.startsWith('file:')) return place
  try {
    return fileURLToPath(place)
  } catch {
    return place
  }
}

/** Whether a line of a stack is timhook's own code. */
export function isOurPlace(line: string): boolean {
  const place = placeOf(line)
  return place !== undefined && isOurs(place)
}

function isOurs(place: string): boolean {
  return OURS.some((folder) => place.startsWith(folder))
}

function isLibrary(place: string): boolean {
  const inside = place.split(/[\\/]node_modules[\\/]/).at(-1)
  return inside !== place && !/^(?:@[^\\/]+[\\/])?timhook-plugin-/.test(inside ?? '')
}

/**
 * Returns which of the files a stack passes through first. If it passes through none, returns the only one whose folder
 * contains the first foreign place.
 */
export function fileOfStack(stack: string | undefined, files: readonly string[]): string | undefined {
  for (const line of stackLines(stack)) {
    const place = placeOf(line)
    const exact = place === undefined ? undefined : files.find((file) => place.startsWith(`${file}:`))
    if (exact !== undefined) return exact
  }
  const place = foreignPlace(stack) ?? ''
  const near = [...new Set(files)].filter((file) => place.startsWith(`${dirname(file)}${sep}`))
  return near.length === 1 ? near[0] : undefined
}
