import { InvalidArgumentError, Option } from 'commander'
import { parseTime } from '../output/times.ts'

export const config = (): Option => new Option('-c, --config <file>', 'config file (default: config/plugins.yaml)')

/** Reads a whole number within these bounds. */
export function whole(from: number, to: number): (text: string) => number {
  return (text) => {
    const value = /^[0-9]+$/.test(text) ? Number(text) : NaN
    if (value >= from && value <= to) return value
    throw new InvalidArgumentError(`Expected a whole number from ${from} to ${to}.`)
  }
}

/** Reads a point in time, as parseTime does. */
export function time(text: string): number {
  const at = parseTime(text, Date.now())
  if (at !== undefined) return at
  throw new InvalidArgumentError('Expected how long ago, such as 10m, 2h or 3d, or a time such as 2026-01-31T08:00.')
}

/** Reads a duration such as `90s` or `1h`, into milliseconds. */
export function duration(text: string): number {
  const at = parseTime(text, 0)
  if (at !== undefined && at < 0) return -at
  throw new InvalidArgumentError('Expected a duration such as 90s, 30m, 1h or 2d.')
}

/** Collects the values of an option that may be repeated. */
export function collect(value: string, list: string[] = []): string[] {
  return [...list, value]
}
