import { onTick, TickBatch } from '../../../lib/tick-batch.ts'
import type { Queryable } from '../../../store/postgres/sql.ts'
import type { Lease } from '../../callback-log.ts'
import { READ, type ReadRow } from './sql/read.ts'

/** The most pages of one statement. Each has up to 4 MB of bodies. */
const MAX_PAGES = 8

interface Asked {
  readonly lease: Lease
  readonly after: number
  readonly limit: number
  readonly resolve: (rows: ReadRow[]) => void
  readonly reject: (error: unknown) => void
}

/** Reads the pages that are asked for in one tick together: a hint from another process is about many partitions. */
export class Reader {
  readonly #postgres: Queryable
  readonly #batch = new TickBatch<Asked>((all) => {
    for (let from = 0; from < all.length; from += MAX_PAGES) void this.#read(all.slice(from, from + MAX_PAGES))
  }, onTick)

  constructor(postgres: Queryable) {
    this.#postgres = postgres
  }

  /** The rows of one page. There is at least one. */
  read(lease: Lease, after: number, limit: number): Promise<ReadRow[]> {
    return new Promise((resolve, reject) => this.#batch.add({ lease, after, limit, resolve, reject }))
  }

  async #read(pages: readonly Asked[]): Promise<void> {
    try {
      const rows = await this.#postgres.query<ReadRow>(READ, [
        pages.map(({ lease }) => lease.plugin),
        pages.map(({ lease }) => lease.partition),
        pages.map(({ after }) => after),
        pages.map(({ limit }) => limit),
      ])
      for (const [n, { resolve }] of pages.entries()) resolve(rows.filter(({ i }) => i === n + 1))
    } catch (error) {
      for (const { reject } of pages) reject(error)
    }
  }
}
