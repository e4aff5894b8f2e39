const two = (value: number): string => String(value).padStart(2, '0')

/** `2026-01-31`, in the viewer's zone. */
function dateText(at: number): string {
  const date = new Date(at)
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

/** `14:05:09`, in the viewer's zone. */
export function clockText(at: number): string {
  const date = new Date(at)
  return `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`
}

/** `+08:00`: how far the viewer's clock is from UTC at that time. */
export function offsetText(at: number): string {
  const minutes = -new Date(at).getTimezoneOffset()
  const [hours, rest] = [Math.floor(Math.abs(minutes) / 60), Math.abs(minutes) % 60]
  return `${minutes < 0 ? '-' : '+'}${two(hours)}:${two(rest)}`
}

/** `2026-01-31 14:05:09.123 +08:00`. */
export function fullTime(at: number): string {
  const ms = String(new Date(at).getMilliseconds()).padStart(3, '0')
  return `${dateText(at)} ${clockText(at)}.${ms} ${offsetText(at)}`
}

/** Only the time of day if it is today, otherwise with the date. */
export function shortTime(at: number, now: number): string {
  return dateText(at) === dateText(now) ? clockText(at) : `${dateText(at).slice(5)} ${clockText(at)}`
}

/** The value of an `<input type="datetime-local">`. */
export function toInput(at: number | undefined): string {
  return at === undefined ? '' : `${dateText(at)}T${clockText(at)}`
}

/** The reverse; undefined for none. */
export function fromInput(value: string): number | undefined {
  const at = new Date(value).getTime()
  return Number.isNaN(at) ? undefined : at
}
