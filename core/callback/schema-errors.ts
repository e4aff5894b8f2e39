/** The place of a value in a body: an object key or a list index, and the place of its parent. */
export interface Place {
  readonly up: Place | undefined
  readonly key: string | number
}

/** Beyond this, only the count and the paths are useful. */
const MAX_NAMED = 20
const FORWARDED = /(\.MsgContent\.MsgList\[\]\.MsgBody\[\])\1+/

/** Collects the faults of one body. Contains names of the table, and no value of the body. */
export class Faults {
  /** One line each, the first 20: `CreatedGroupNum: expected integer, got object`. */
  readonly named: string[] = []
  /** The paths of all faults in the table, without indices: `MsgBody[].MsgContent.Text`. */
  readonly paths = new Set<string>()
  count = 0
  /** Whether a required field is missing or was left out. */
  isIncomplete = false
  /** Number of faults inside forwarded messages of the current element: the element itself may still be valid. */
  inMessages = 0
  /** Number of forwarded messages around the current one. */
  depth = 0

  /** Records a value of the wrong type. Returns undefined, which leaves the value out. */
  misfit(up: Place | undefined, key: string | number, expected: string, value: unknown): undefined {
    this.add(up, key, `expected ${expected}, got ${typeOf(value)}`)
  }

  add(up: Place | undefined, key: string | number, what: string): void {
    this.count++
    const path = pathOf(up, key)
    if (this.named.length < MAX_NAMED) this.named.push(`${path}: ${what}`)
    // Messages can be forwarded repeatedly, and the number of paths must not grow with that.
    this.paths.add(path.replaceAll(/\[[0-9]+\]/g, '[]').replace(FORWARDED, '$1'))
  }
}

/** Returns the type of a parsed value in JSON Schema's terms. */
function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return Number.isInteger(value) ? 'integer' : typeof value
}

function pathOf(up: Place | undefined, key: string | number): string {
  if (!up) return String(key)
  return pathOf(up.up, up.key) + (typeof key === 'number' ? `[${key}]` : `.${key}`)
}
