import { family, type Family, type Labels } from './family.ts'

/** The most combinations of label values. All others count as `other`. */
const MAX_SERIES = 1000

/** A counter with labels, for events that are too rare to need a faster one. */
export class Tally {
  readonly #name: string
  readonly #help: string
  readonly #series = new Map<string, { readonly labels: Labels; value: number }>()

  constructor(name: string, help: string) {
    this.#name = name
    this.#help = help
  }

  add(labels: Labels, by = 1): void {
    const series = this.#series.get(keyOf(labels))
    if (series) series.value += by
    else if (this.#series.size < MAX_SERIES) this.#series.set(keyOf(labels), { labels, value: by })
    else this.#addOther(labels, by)
  }

  family(): Family {
    return family(
      'counter',
      this.#name,
      this.#help,
      [...this.#series.values()].map(({ labels, value }) => [labels, value]),
    )
  }

  #addOther(labels: Labels, by: number): void {
    const others = Object.fromEntries(Object.keys(labels).map((name) => [name, 'other']))
    const series = this.#series.get(keyOf(others))
    if (series) series.value += by
    else this.#series.set(keyOf(others), { labels: others, value: by })
  }
}

function keyOf(labels: Labels): string {
  return Object.values(labels).join('\n')
}
