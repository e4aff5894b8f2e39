import type { Group } from './groups.ts'
import { refuse } from './refusal.ts'
import type { World } from './world.ts'

export type Body = Record<string, unknown>

/** The group that a body names. */
export function groupOf(world: World, id: unknown): Group {
  if (typeof id !== 'string') refuse(10004)
  if (!/^[\x20-\x7e]{1,48}$/.test(id)) refuse(10015)
  return world.groups.get(id) ?? refuse(10010)
}

/** A list of accounts of at most so many. */
export function accountsOf(value: unknown, most: number): string[] {
  if (!Array.isArray(value)) refuse(10004)
  if (value.length > most) refuse(10005)
  return value.map((account: unknown) => (typeof account === 'string' ? account : refuse(60015)))
}

export function integerOf(value: unknown, standard: number): number {
  if (value === undefined) return standard
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : refuse(10004)
}

export function uint32Of(value: unknown, code: number): number {
  const isOne = typeof value === 'number' && Number.isInteger(value) && value >= 0 && value < 2 ** 32
  return isOne ? value : refuse(code)
}

/** A filter: a set of names, or undefined where everything is asked for. */
export function namesOf(value: unknown): ReadonlySet<string> | undefined {
  if (value === undefined) return undefined
  return Array.isArray(value) ? new Set(value.map(String)) : refuse(10004)
}

export function isBody(value: unknown): value is Body {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
