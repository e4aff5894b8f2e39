import { dirname, sep } from 'node:path'
import { fileURLToPath } from 'node:url'

const LINE = /^\s+at /
/** Longer lines are no lines of V8's. */
const LONGEST = 1000
const PLACE = /(?:^\s+at (?:async )?|\()((?:file:\/\/|\/|[A-Za-z]:[\\/]).*:[0-9]+:[0-9]+)\)?$/
/** What is compiled from `core/` and `config/`, and what is bundled. Shipped plugins are plugins like any other. */
const OURS = ['core', 'config', 'typebox'].map((folder) => fileURLToPath(new URL(`../../${folder}/`, import.meta.url)))

/** The lines of an error's stack, without the message above them. */
export function stackLines(stack: string | undefined): string[] {
  return (stack ?? '').split('\n').filter((line) => LINE.test(line))
}

/**
 * The first place of a stack that is neither Node's nor timhook's, as `/path/file.mjs:3:7`; one in a library counts only
 * where there is no other.
 */
export function foreignPlace(stack: string | undefined): string | undefined {
  const places = stackLines(stack).flatMap((line) => placeOf(line) ?? [])
  const foreign = places.filter((place) => !isOurs(place))
  const own = foreign.find((place) => !isLibrary(place))
  // Libraries that timhook itself has called, or was called by, have no part in an error of its own.
  return own ?? (places[0] !== undefined && isOurs(places[0]) ? undefined : foreign[0])
}

/** The place that a line of a stack names; undefined for Node's own code, which has no file. */
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
 * Which of some files a stack leads through first; where through none of them, the one that alone stands in the folder of its
 * first foreign place, or above.
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
