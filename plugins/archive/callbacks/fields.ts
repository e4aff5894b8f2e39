export type JsonObject = Readonly<Record<string, unknown>>

/** Ids are cut at this length, so that every database can index them. Those of Tencent have at most 64 characters. */
const MAX_ID = 600
// What neither PostgreSQL nor MySQL can store: NUL, and lone surrogates.
const NOT_STORABLE = /[\0\p{Surrogate}]/gu

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** The text in a form that every database can store: NUL and lone surrogates become U+FFFD. */
export function storable(text: string): string {
  return text.replace(NOT_STORABLE, '\ufffd')
}

/** An id: text, or an integer as its digits. */
export function idOf(value: unknown): string | null {
  const text = typeof value === 'number' ? String(value) : value
  return typeof text === 'string' && text !== '' ? storable(text) : null
}

/** An id as its column stores it. */
export function columnId(id: string | null): string | null {
  return id === null || id.length <= MAX_ID ? id : storable(id.slice(0, MAX_ID))
}

export function integerOf(value: unknown): number | null {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null
}

/** Seconds as milliseconds; null if it is not a time. */
export function secondsOf(value: unknown): number | null {
  const seconds = integerOf(value)
  return seconds === null || seconds <= 0 || seconds > 1e12 ? null : seconds * 1000
}

/** Milliseconds; null if it is not a time. */
export function millisecondsOf(value: unknown): number | null {
  const ms = integerOf(value)
  return ms === null || ms <= 0 ? null : ms
}
