/** Pseudo-random numbers that are the same in every run. */
export interface Random {
  /** True with this probability. */
  chance(share: number): boolean
  /** A whole number from 0 up to, and without, `limit`. */
  below(limit: number): number
  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly [T, ...T[]]): T
}

const STEP = 0x6d2b79f5

/** The n-th series of a seed (mulberry32). Neighbouring seeds and neighbouring n have nothing in common. */
export function randomOf(seed: number, n: number): Random {
  let state = mixed(mixed(seed) ^ Math.imul(n, 0x9e3779b1))
  const next = (): number => {
    state = (state + STEP) | 0
    return mixed(state) / 2 ** 32
  }
  const below = (limit: number): number => Math.floor(next() * limit)
  return {
    chance: (share) => next() < share,
    below,
    pick: (items) => items[below(items.length)] ?? items[0],
  }
}

function mixed(value: number): number {
  let bits = Math.imul(value ^ (value >>> 15), value | 1)
  bits ^= bits + Math.imul(bits ^ (bits >>> 7), bits | 61)
  return (bits ^ (bits >>> 14)) >>> 0
}
