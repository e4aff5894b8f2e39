import type { Automaton, Link, Stage } from './automaton.ts'
import type { Edge } from './pattern.ts'
import type { Steps } from './pieces.ts'
import { WrittenWords } from './written-words.ts'

/** Symbols from `start` up to `end`, exclusive. */
export interface Span {
  readonly start: number
  readonly end: number
}

interface Reached {
  /** Where the stage was matched to, ascending. */
  readonly ends: number[]
  /** For each of these the earliest start. These ascend too, since no piece of a pattern overtakes the one before. */
  readonly starts: number[]
}

/**
 * Finds every match of every pattern, in one walk over the text. That takes, amortized, three table lookups for each
 * symbol, and for each piece that ends there the links that continue a live stage: one that was matched no further
 * back than the length of a gap. A link costs a binary search among the places that a gap reaches.
 */
export class Search {
  /** Spans that cover exactly what the matches cover; they may overlap. */
  readonly spans: Span[] = []
  /** The cost of the search. */
  steps = 0
  readonly #automaton: Automaton
  readonly #length: number
  readonly #wholeWords: boolean
  readonly #words: WrittenWords
  readonly #reached = new Map<Stage, Reached>()
  /** Live stages, the one matched longest ago first. */
  readonly #alive = new Set<Stage>()

  constructor(automaton: Automaton, symbols: readonly string[], wholeWords: boolean, breaks?: readonly boolean[]) {
    this.#automaton = automaton
    this.#length = symbols.length
    this.#wholeWords = wholeWords
    this.#words = new WrittenWords(symbols, breaks)
    const { pieces } = automaton
    let state = 0
    for (const [index, symbol] of symbols.entries()) {
      state = pieces.after(state, symbol, this)
      this.#expire(index)
      for (let piece = pieces.ending(state); piece !== 0; piece = pieces.shorter(piece)) {
        this.steps++
        this.#begin(piece, index + 1)
        this.#goOn(piece, index + 1)
      }
    }
  }

  #begin(piece: number, end: number): void {
    for (const { before, to } of this.#automaton.starts.get(piece) ?? []) {
      this.steps++
      const start = end - this.#automaton.pieces.lengthOf(piece) - before.skip
      if (start >= 0 && this.#mayEdge(before, start)) this.#reach(to, start, end)
    }
  }

  #goOn(piece: number, end: number): void {
    const links = this.#automaton.links.get(piece)
    if (!links) return
    const start = end - this.#automaton.pieces.lengthOf(piece)
    if (links.length <= this.#alive.size) {
      for (const link of links) this.#follow(link, start, end)
      return
    }
    // A copy, since reaching a stage moves it to the end.
    const alive = [...this.#alive]
    this.steps += alive.length
    for (const stage of alive) for (const link of stage.links.get(piece) ?? []) this.#follow(link, start, end)
  }

  #follow({ from, gap, to }: Link, start: number, end: number): void {
    this.steps++
    const reached = this.#reached.get(from)
    if (!reached) return
    // Ends are at different places, so no more than `reach` of them are near enough.
    const index = firstFrom(reached.ends, start - gap.max, reached.ends.length - this.#automaton.reach - 1, this)
    const matchedTo = reached.ends[index]
    if (matchedTo !== undefined && matchedTo <= start - gap.min) this.#reach(to, reached.starts[index] ?? 0, end)
  }

  #reach(stage: Stage, start: number, end: number): void {
    for (const after of stage.ends) {
      this.steps++
      const last = end + after.skip
      if (last > this.#length || !this.#mayEdge(after, last)) continue
      this.spans.push({
        start: stage.openStart ? this.#words.startAt(start) : start,
        end: after.star ? this.#words.endAt(last) : last,
      })
    }
    if (stage.links.size === 0) return
    const reached = this.#reached.get(stage) ?? { ends: [], starts: [] }
    reached.ends.push(end)
    reached.starts.push(start)
    this.#reached.set(stage, reached)
    this.#alive.delete(stage)
    this.#alive.add(stage)
  }

  #mayEdge({ star }: Edge, place: number): boolean {
    return star || !this.#wholeWords || this.#words.isEdge(place)
  }

  #expire(index: number): void {
    for (const stage of this.#alive) {
      this.steps++
      if ((this.#reached.get(stage)?.ends.at(-1) ?? 0) + this.#automaton.reach > index) return
      this.#alive.delete(stage)
    }
  }
}

/** Index of the first number, from index `from` on, that is not below `least`, by binary search; else the length. */
function firstFrom(ascending: readonly number[], least: number, from: number, cost: Steps): number {
  let low = Math.max(0, from)
  let high = ascending.length
  while (low < high) {
    cost.steps++
    const middle = (low + high) >> 1
    if ((ascending[middle] ?? 0) < least) low = middle + 1
    else high = middle
  }
  return low
}
