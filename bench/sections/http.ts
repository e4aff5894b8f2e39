import { type Kind } from '../load/callbacks.ts'
import type { Options } from '../options.ts'
import { measure } from '../rounds.ts'
import { type Measure, rowsOf, type Section } from '../report/section.ts'
import { bare, go, memory, postgres, rivals, redis, sqlite, type Variant } from '../variants.ts'

const kinds: readonly [Kind, string][] = [
  ['full', 'a full group, 180 B'],
  ['before', 'before a group message, 1.5 KB, one plugin'],
  ['chinese', 'after a group message in Chinese, 1.5 KB'],
  ['large', 'after a group message, 16 KB'],
]

/** All servers answer the same requests. */
export const http: Measure = async (options, loader, say) => {
  const sections: Section[] = []
  const variants = chosen([bare, ...go(), ...rivals, memory, sqlite, redis, postgres], options)
  for (const [kind, what] of kinds.filter(([name]) => options.kinds.includes(name))) {
    for (const connections of options.connections) {
      say(`${what}, ${connections} connections`)
      // The headline is at 64 connections. The other counts show where it is valid.
      const rounds = connections === 64 ? options.rounds : Math.ceil(options.rounds / 5)
      const { windowMs, server: cores } = options
      const raw = await measure(variants, { kind, connections, rounds, windowMs, cores }, loader)
      const title = `${what}, ${connections} connection${connections === 1 ? '' : 's'}`
      sections.push({ name: `http ${kind} ${connections}`, title, rows: rowsOf(raw), raw })
    }
  }
  return sections
}

function chosen(variants: readonly Variant[], { variants: wanted }: Options): Variant[] {
  if (wanted.length === 0) return [...variants]
  return variants.filter((variant) => variant === bare || wanted.some((part) => variant.name.includes(part)))
}
