import { lengthsAt, readStored, type Stored } from './entry.ts'
import { SEPARATOR } from '../scripts/lua.ts'

/** A notification to an owner, with its number. */
export interface Notification {
  readonly number: number
  /** Partitions with entries that must be read. */
  readonly dirty: readonly number[]
  readonly entries: readonly NotifiedEntry[]
}

/** An entry that another process stored. */
export interface NotifiedEntry {
  readonly n: number
  readonly entry: string
  readonly plugins: readonly string[]
  readonly stored: Stored
}

/** Reads what `notify` of the scripts publishes: `NUMBER,N,N...`, or the number and then entries. */
export function readNotification(text: string): Notification {
  const space = text.indexOf(' ')
  const [number = NaN, ...dirty] = text
    .slice(0, space === -1 ? undefined : space)
    .split(',')
    .map(Number)
  const entries: NotifiedEntry[] = []
  let from = space === -1 ? text.length : space + 1
  while (from < text.length) {
    const [parsed, end] = entryAt(text, from)
    entries.push(parsed)
    from = end
  }
  return { number, dirty, entries }
}

/** `N ENTRY PLUGINS`, where one more separator ends the plugins, and then the texts, which state their lengths. */
function entryAt(text: string, from: number): [NotifiedEntry, end: number] {
  const behindN = text.indexOf(' ', from)
  const behindEntry = text.indexOf(' ', behindN + 1)
  const behindPlugins = text.indexOf(SEPARATOR + SEPARATOR, behindEntry)
  const about = behindPlugins + 2
  const lengths = lengthsAt(text, about)
  const raw = about + lengths.about
  const end = raw + lengths.raw
  const parsed = {
    n: Number(text.slice(from, behindN)),
    entry: text.slice(behindN + 1, behindEntry),
    plugins: text.slice(behindEntry + 2, behindPlugins).split(SEPARATOR),
    stored: readStored(text.slice(about, raw), text.slice(raw, end)),
  }
  return [parsed, end]
}
