/** Where a value stands in a body: a key of an object, or an index of a list, and what that is in. */
export interface Place {
  readonly up: Place | undefined
  readonly key: string | number
}

/** Of more, only the count and the paths are of use to anybody. */
const MAX_NAMED = 20
const FORWARDED = /(\.MsgContent\.MsgList\[\]\.MsgBody\[\])\1+/

/** Collects what does not fit in one body. No value of the body is in it, only names of the table. */
export class Faults {
  /** One line each: `CreatedGroupNum: expected integer, got object`. The first 20. */
  readonly named: string[] = []
  /** The table's paths of all faults, without indices: `MsgBody[].MsgContent.Text`. */
  readonly paths = new Set<string>()
  count = 0
  /** Whether a required field is missing or was left out. */
  isIncomplete = false
  /** Faults inside of messages that are in the element being read: that element may fit all the same. */
  inMessages = 0
  /** How many forwarded messages the one that is being read is in. */
  depth = 0

  /** Notes a value of another type. Gives undefined, which stands for a value that is left out. */
  misfit(up: Place | undefined, key: string | number, expected: string, value: unknown): undefined {
    this.add(up, key, `expected ${expected}, got ${typeOf(value)}`)
  }

  add(up: Place | undefined, key: string | number, what: string): void {
    this.count++
    const path = pathOf(up, key)
    if (this.named.length < MAX_NAMED) this.named.push(`${path}: ${what}`)
    // Messages can be forwarded again and again, and the number of paths must not grow with that.
    this.paths.add(path.replaceAll(/\[[0-9]+\]/g, '[]').replace(FORWARDED, '$1'))
  }
}

/** The type of a parsed value in JSON Schema's words. */
function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function pathOf(up: Place | undefined, key: string | number): string {
  if (!up) return String(key)
  return pathOf(up.up, up.key) + (typeof key === 'number' ? `[${key}]` : `.${key}`)
}
