import type { Edge, Gap, Pattern } from './pattern.ts'
import { Pieces } from './pieces.ts'

/** A matched prefix of a pattern, in pieces. Patterns with a common prefix share their stages. */
export interface Stage {
  /** Whether there is a `*` before the first piece. */
  readonly openStart: boolean
  /** The edge after the last piece, for each pattern that ends here. */
  readonly ends: Edge[]
  /** Piece → its links to the next stage. */
  readonly links: Map<number, Link[]>
}

/** The step from one stage to the next, by a piece after a gap. */
export interface Link {
  readonly from: Stage
  readonly gap: Gap
  readonly to: Stage
}

/** The first piece of a pattern. */
export interface Start {
  readonly before: Edge
  readonly to: Stage
}

/** All patterns in one: the pieces match literals, and the stages put the pieces of a pattern in order. */
export interface Automaton {
  readonly pieces: Pieces
  /** Piece → the patterns that begin with it. */
  readonly starts: ReadonlyMap<number, readonly Start[]>
  /** Piece → the links that it follows. */
  readonly links: ReadonlyMap<number, readonly Link[]>
  /** How many symbols back a stage may be so that a piece that ends here continues it. */
  readonly reach: number
}

/** Compiles patterns, in time proportional to their length. */
export function compile(patterns: readonly Pattern[]): Automaton {
  const pieces = new Pieces()
  const starts = new Map<number, Start[]>()
  const links = new Map<number, Link[]>()
  let reach = 0
  for (const { before, pieces: parts, gaps, after } of patterns) {
    const [first, ...rest] = parts.map((piece) => pieces.add(piece))
    let stage = startAt(listAt(starts, first ?? 0), before)
    for (const [index, piece] of rest.entries()) {
      const gap = gaps[index] ?? { min: 0, max: 0 }
      reach = Math.max(reach, gap.max + pieces.lengthOf(piece))
      stage = linkTo(stage, piece, gap, links)
    }
    if (!stage.ends.some(({ skip, star }) => skip === after.skip && star === after.star)) stage.ends.push(after)
  }
  pieces.link()
  return { pieces, starts, links, reach }
}

function startAt(starts: Start[], before: Edge): Stage {
  const known = starts.find(({ before: { skip, star } }) => skip === before.skip && star === before.star)
  if (known) return known.to
  const to: Stage = { openStart: before.star, ends: [], links: new Map() }
  starts.push({ before, to })
  return to
}

function linkTo(from: Stage, piece: number, gap: Gap, all: Map<number, Link[]>): Stage {
  const own = listAt(from.links, piece)
  const known = own.find(({ gap: { min, max } }) => min === gap.min && max === gap.max)
  if (known) return known.to
  const link = { from, gap, to: { openStart: from.openStart, ends: [], links: new Map<number, Link[]>() } }
  own.push(link)
  listAt(all, piece).push(link)
  return link.to
}

function listAt<T>(lists: Map<number, T[]>, key: number): T[] {
  const list = lists.get(key) ?? []
  lists.set(key, list)
  return list
}
