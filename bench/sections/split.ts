import { measure } from '../rounds.ts'
import { type Measure, rowsOf } from '../report/section.ts'
import { bare, memory, split as splitting, sqlite } from '../variants.ts'

/** Head and body in one segment, compared with two segments (two writes), as many clients send them. */
export const split: Measure = async ({ rounds, windowMs, server: cores }, loader, say) => {
  say('bodies in a separate segment')
  const variants = [bare, memory, sqlite].flatMap((variant) => [variant, splitting(variant)])
  const raw = await measure(variants, { kind: 'full', connections: 64, rounds, windowMs, cores }, loader)
  const title = 'head and body in one segment, and split into two; 64 connections'
  return [{ name: 'split', title, rows: rowsOf(raw), raw }]
}
