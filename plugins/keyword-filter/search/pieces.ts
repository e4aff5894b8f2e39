/** The cost of a walk over a text: every table lookup is a step. */
export interface Steps {
  steps: number
}

// Room for more symbols than Unicode has characters; the product with the states stays an exact number.
const SYMBOLS = 2 ** 21

/**
 * An Aho–Corasick automaton: finds every piece, a list of symbols, that ends at a place of a text, in one walk over the
 * text. States are numbers; in 0 nothing is matched. A piece is named by the state that it leads to.
 */
export class Pieces {
  readonly #symbols = new Map<string, number>()
  readonly #next = new Map<number, number>()
  readonly #way: { parent: number; symbol: number; depth: number }[] = [{ parent: 0, symbol: 0, depth: 0 }]
  readonly #isPiece = new Set<number>()
  /** The state of the longest proper suffix that is a state too. */
  readonly #fail: number[] = [0]
  /** The longest piece that is a suffix of the state, which may be the state itself; 0 for none. */
  readonly #ending: number[] = [0]

  /** Adds a piece, and returns its state. */
  add(piece: readonly string[]): number {
    let state = 0
    for (const name of piece) {
      const symbol = this.#symbols.get(name) ?? this.#symbols.size + 1
      this.#symbols.set(name, symbol)
      const key = state * SYMBOLS + symbol
      let next = this.#next.get(key)
      if (next === undefined) {
        next = this.#way.length
        this.#way.push({ parent: state, symbol, depth: (this.#way[state]?.depth ?? 0) + 1 })
        this.#next.set(key, next)
      }
      state = next
    }
    this.#isPiece.add(state)
    return state
  }

  /** Links the states. Call it once, after the last `add`. */
  link(): void {
    // Shorter states first, since the links of a state need those of its suffixes.
    const byDepth = [...this.#way.entries()].slice(1).toSorted(([, a], [, b]) => a.depth - b.depth)
    for (const [state, { parent, symbol }] of byDepth) {
      const fail = parent === 0 ? 0 : this.#walk(this.#fail[parent] ?? 0, symbol, { steps: 0 })
      this.#fail[state] = fail
      this.#ending[state] = this.#isPiece.has(state) ? state : (this.#ending[fail] ?? 0)
    }
  }

  /** The state after one more symbol: over a whole text at most two steps a symbol. */
  after(state: number, name: string, cost: Steps): number {
    const symbol = this.#symbols.get(name)
    cost.steps++
    return symbol === undefined ? 0 : this.#walk(state, symbol, cost)
  }

  /** The longest piece that ends in this state; 0 for none. */
  ending(state: number): number {
    return this.#ending[state] ?? 0
  }

  /** The next shorter piece that ends where this one does; 0 for none. */
  shorter(piece: number): number {
    return this.ending(this.#fail[piece] ?? 0)
  }

  lengthOf(piece: number): number {
    return this.#way[piece]?.depth ?? 0
  }

  #walk(from: number, symbol: number, cost: Steps): number {
    let state = from
    for (;;) {
      cost.steps++
      const next = this.#next.get(state * SYMBOLS + symbol)
      if (next !== undefined) return next
      if (state === 0) return 0
      state = this.#fail[state] ?? 0
    }
  }
}
