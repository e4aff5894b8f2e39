const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const AGO = /^([0-9]{1,8})([smhd])$/
const TIME =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:[.][0-9]{1,3})?)?)(Z|[+-][0-9]{2}:[0-9]{2})?)?$/

/**
 * Parses a point in time, into milliseconds since 1970: how long ago (`10m`, `2h`, `3d`) or an ISO time, which is local
 * unless it names its zone. Returns undefined for anything else.
 */
export function parseTime(text: string, now: number): number | undefined {
  const [, count, unit] = AGO.exec(text) ?? []
  if (count !== undefined && unit !== undefined) return now - Number(count) * (UNITS[unit] ?? NaN)
  const [, date, time = '00:00', zone = ''] = TIME.exec(text) ?? []
  const at = date === undefined ? NaN : Date.parse(`${date}T${time}${zone}`)
  return Number.isNaN(at) ? undefined : at
}

/** Formats local time with its offset, as parseTime reads it: `2026-01-31 08:00:00.123+08:00`. */
export function localTime(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset()
  const local = new Date(at + minutes * 60_000).toISOString().slice(0, 23).replace('T', ' ')
  const two = (part: number): string => String(Math.floor(part)).padStart(2, '0')
  const size = Math.abs(minutes)
  return `${local}${minutes < 0 ? '-' : '+'}${two(size / 60)}:${two(size % 60)}`
}
