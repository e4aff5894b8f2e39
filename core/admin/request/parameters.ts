import { ApiFault } from './route.ts'

/** The parameters of a query. Each is read once by its name; what is left over is a fault. */
export class Parameters {
  readonly #query: URLSearchParams
  readonly #known = new Set<string>()

  constructor(query: URLSearchParams) {
    this.#query = query
  }

  /** A text of 1 to `longest` characters without control characters. */
  text(name: string, { longest = 256, pattern }: { longest?: number; pattern?: RegExp } = {}): string | undefined {
    this.#known.add(name)
    const values = this.#query.getAll(name)
    const [value] = values
    if (values.length > 1) throw new ApiFault(400, `${name}: given ${values.length} times`)
    if (value === undefined || value === '') return undefined
    if (value.length > longest) throw new ApiFault(400, `${name}: expected at most ${longest} characters`)
    // oxlint-disable-next-line no-control-regex -- it looks for them
    if (/[\u0000-\u001f\u007f]/.test(value))
      throw new ApiFault(400, `${name}: expected text without control characters`)
    if (pattern && !pattern.test(value)) throw new ApiFault(400, `${name}: expected ${pattern.source}`)
    return value
  }

  /** A whole number from `least` to `most`. */
  integer(name: string, { least = 0, most = Number.MAX_SAFE_INTEGER } = {}): number | undefined {
    const value = this.text(name)
    if (value === undefined) return undefined
    const number = /^-?[0-9]{1,16}$/.test(value) ? Number(value) : NaN
    if (number >= least && number <= most) return number
    throw new ApiFault(400, `${name}: expected a whole number from ${least} to ${most}`)
  }

  /** One of these words. */
  choice<Word extends string>(name: string, words: readonly Word[]): Word | undefined {
    const value = this.text(name)
    const word = words.find((word) => word === value)
    if (value !== undefined && word === undefined)
      throw new ApiFault(400, `${name}: expected one of ${words.join(', ')}`)
    return word
  }

  /** @throws ApiFault for a parameter that nobody has read */
  end(): void {
    const names = [...this.#query.keys()].filter((name) => !this.#known.has(name))
    if (names.length === 0) return
    const known = [...this.#known].join(', ') || 'none'
    throw new ApiFault(400, `unknown parameter ${JSON.stringify(names[0]?.slice(0, 40))}; expected one of ${known}`)
  }
}

/** @throws ApiFault for a body that has any member */
export function mustBeEmpty(body: Readonly<Record<string, unknown>>): void {
  const [name] = Object.keys(body)
  if (name !== undefined) throw new ApiFault(400, `${JSON.stringify(name.slice(0, 40))}: unknown; expected no members`)
}

/** The checked members of a body. */
export class Members {
  readonly #body: Readonly<Record<string, unknown>>

  constructor(body: Readonly<Record<string, unknown>>, names: readonly string[]) {
    this.#body = body
    const other = Object.keys(body).find((name) => !names.includes(name))
    if (other === undefined) return
    throw new ApiFault(
      400,
      `${JSON.stringify(other.slice(0, 40))}: unknown; expected one of ${names.join(', ') || 'none'}`,
    )
  }

  has(name: string): boolean {
    return Object.hasOwn(this.#body, name)
  }

  text(name: string, longest = 256): string {
    const value = this.#body[name]
    if (typeof value === 'string' && value !== '' && value.length <= longest) return value
    throw new ApiFault(400, `${name}: expected a text of 1 to ${longest} characters`)
  }

  optionalText(name: string, longest = 256): string | undefined {
    return this.has(name) ? this.text(name, longest) : undefined
  }

  integer(name: string, least = 0): number {
    const value = this.#body[name]
    if (Number.isSafeInteger(value) && Number(value) >= least) return Number(value)
    throw new ApiFault(400, `${name}: expected a whole number from ${least}`)
  }

  texts(name: string, most: number): readonly string[] {
    const value = this.#body[name]
    const isList = Array.isArray(value) && value.length > 0 && value.length <= most
    if (isList && value.every((item) => typeof item === 'string' && item !== '' && item.length <= 100)) return value
    throw new ApiFault(400, `${name}: expected a list of 1 to ${most} texts`)
  }

  /** @throws ApiFault unless it is true */
  mustBeTrue(name: string): void {
    if (this.#body[name] !== true) throw new ApiFault(400, `${name}: expected true`)
  }

  textMap(name: string): Readonly<Record<string, string>> {
    const value = this.#body[name]
    if (value === undefined) return {}
    const isMap = typeof value === 'object' && value !== null && !Array.isArray(value)
    if (isMap && Object.values(value).every((item) => typeof item === 'string')) return value as Record<string, string>
    throw new ApiFault(400, `${name}: expected an object of texts`)
  }
}
