import { Type } from '#typebox'

const MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const BYTES = { b: 1, kb: 1024, mb: 1024 ** 2, gb: 1024 ** 3 }

/** A duration in the config: milliseconds, or text such as `60s` (ms, s, m, h, d). */
export type DurationInput = number | string

/** A size in the config: bytes, or text such as `1.5mb` (b, kb, mb, gb; 1 kb is 1024 b). */
export type SizeInput = number | string

interface UnitOptions {
  description: string
  default?: number | string
  /** Whether 0 is invalid. */
  positive?: boolean
}

interface DurationOptions extends UnitOptions {
  /** The shortest and longest valid duration, milliseconds. */
  min?: number
  max?: number
}

/** The longest timeout of a Node timer, milliseconds. */
export const MAX_TIMER = 2_147_483_647

const NOT_ZERO = '(?=[^1-9]*[1-9])'

/**
 * The schema of a duration, decoded to milliseconds: a number of milliseconds, or `500ms`, `60s`, `10m`, `2h`, `7d`.
 */
export function Duration({ min = 0, max = Number.MAX_SAFE_INTEGER, positive = min > 0, ...options }: DurationOptions) {
  const shortest = positive ? Math.max(min, 1) : min
  const pattern = `^${positive ? NOT_ZERO : ''}[0-9]{1,8}(ms|s|m|h|d)$`
  const units = Type.Union([Type.Integer({ minimum: shortest, maximum: max }), Type.String({ pattern })], {
    expected: expectedDuration(min, max, positive),
    ...options,
  })
  const isWithin = (input: DurationInput): boolean => {
    const ms = parseDuration(input)
    return ms >= shortest && ms <= max
  }
  return Type.Codec(Type.Refine(units, isWithin))
    .Decode(parseDuration)
    .Encode((ms) => ms)
}

/** The schema of a size, decoded to bytes. */
export function Size({ positive = false, ...options }: UnitOptions) {
  const pattern = `^${positive ? NOT_ZERO : ''}[0-9]{1,9}([.][0-9]{1,6})?([bB]|[kK][bB]|[mM][bB]|[gG][bB])$`
  const units = Type.Union(
    [Type.Integer({ minimum: positive ? 1 : 0, maximum: Number.MAX_SAFE_INTEGER }), Type.String({ pattern })],
    { expected: `a ${positive ? 'positive ' : ''}size such as 512kb, 1mb or 1.5gb`, ...options },
  )
  return Type.Codec(units)
    .Decode(parseSize)
    .Encode((bytes) => bytes)
}

function expectedDuration(min: number, max: number, positive: boolean): string {
  if (max < Number.MAX_SAFE_INTEGER) return `milliseconds from ${min} to ${max}, or a duration such as 500ms or 10s`
  const least = min % 1000 === 0 ? `${min / 1000}s` : `${min}ms`
  if (min > 1) return `a duration of at least ${least}, such as 60s; a number alone is milliseconds`
  return `a ${positive ? 'positive ' : ''}duration such as 500ms, 60s or 10m`
}

/** Parses a duration that matches the pattern: `60s` → 60000. */
export function parseDuration(input: DurationInput): number {
  return parse(input, MS)
}

/** Parses a size that matches the pattern, rounded up: `1.5kb` → 1536. */
function parseSize(input: SizeInput): number {
  return Math.ceil(parse(input, BYTES))
}

function parse(input: number | string, units: Record<string, number>): number {
  if (typeof input === 'number') return input
  const unit = input.replace(/[0-9.]+/, '').toLowerCase()
  return Number.parseFloat(input) * (units[unit] ?? Number.NaN)
}
