const UNITS = ['B', 'kB', 'MB', 'GB', 'TB']
const STEPS = [
  [86_400_000, 'd'],
  [3_600_000, 'h'],
  [60_000, 'min'],
  [1000, 's'],
] as const

export type TimeUnit = (typeof STEPS)[number][1] | 'ms'

/** `1.5 MB`. */
export function bytesText(bytes: number): string {
  let value = bytes
  let unit = 0
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024
    unit += 1
  }
  return `${short(value)} ${UNITS[unit]}`
}

/** `2 h 5 min`, `840 ms`: the two largest units. @param nameOf returns the name of a unit */
export function durationText(ms: number, nameOf: (unit: TimeUnit) => string = String): string {
  const at = STEPS.findIndex(([size]) => ms >= size)
  const [size, unit] = STEPS[at] ?? [1, 'ms']
  if (at < 0 || at === STEPS.length - 1) return `${short(ms / size)} ${nameOf(unit)}`
  const [smaller, smallerUnit] = STEPS[at + 1] ?? [1, 'ms']
  const rest = Math.floor((ms % size) / smaller)
  return `${Math.floor(ms / size)} ${nameOf(unit)}${rest > 0 ? ` ${rest} ${nameOf(smallerUnit)}` : ''}`
}

/** Three digits, with `k` or `M` for large numbers: for axes and tiles. */
export function roughText(value: number): string {
  if (Math.abs(value) >= 1e6) return `${short(value / 1e6)}M`
  if (Math.abs(value) >= 1e4) return `${short(value / 1e3)}k`
  return short(value)
}

/** All digits, in groups. */
export function countText(value: number): string {
  return String(value).replaceAll(/\B(?=(\d{3})+(?!\d))/g, '\u202F')
}

function short(value: number): string {
  const digits = Math.abs(value) >= 100 || Number.isInteger(value) ? 0 : Math.abs(value) >= 10 ? 1 : 2
  return String(Number(value.toFixed(digits)))
}
