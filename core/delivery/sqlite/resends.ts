import type { About } from '../../callback.ts'
import { WIDTH } from '../identity.ts'
import { Recent } from '../recent.ts'
import type { Link } from './link.ts'

const PAGE = 20_000

/** A callback that may come again. */
export interface Known {
  readonly at: number
  resends: number
  /** Known once it is stored. */
  seq: number | undefined
  /** What it is; looked up in the database where it is of before the start. */
  about: About | undefined
  /** While it is being stored. */
  storing: Promise<void> | undefined
}

/** What came within the window, by identity; that of before the start too. */
export class Resends {
  readonly #recent: Recent<Known>
  readonly #windowMs: number

  constructor(windowMs: number) {
    this.#recent = new Recent(windowMs)
    this.#windowMs = windowMs
  }

  /** @param identity as `shortIdentity` gives it */
  get(identity: string): Known | undefined {
    return this.#recent.get(identity)
  }

  add(identity: string, known: Known): void {
    this.#recent.add(identity, known)
  }

  delete(identity: string): void {
    this.#recent.delete(identity)
  }

  /** Reads what came before the start. */
  async load(link: Link): Promise<void> {
    if (this.#windowMs === 0) return
    const since = Date.now() - this.#windowMs
    for (let after = 0; ;) {
      const page = await link.ask('recent', { since, after, limit: PAGE })
      if (!page) return
      const ats = page.ats.split(',')
      for (const [index, seq] of page.seqs.split(',').entries()) {
        const identity = page.identities.slice(index * WIDTH, (index + 1) * WIDTH)
        this.#recent.add(identity, {
          at: Number(ats[index]),
          resends: 0,
          seq: Number(seq),
          about: undefined,
          storing: undefined,
        })
      }
      after = page.last
    }
  }
}
