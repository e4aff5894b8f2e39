import { CompiledQuery } from '#kysely'
import type { Engine } from '../database/engine.ts'
import type { Work } from '../database/tables.ts'
import { columns, type Row } from '../rows/row.ts'

/** Rows of one statement: a power of two, so that few are prepared. SQLite takes 32,766 values in one. */
const MAX_ROWS = 512
/** MySQL takes 16 MB in one statement by default. */
const MAX_CHARACTERS = 1_000_000

/** Writes whole rows by their keys: one row per key, however often it is written. */
export async function upsert({ name }: Engine, work: Work, rows: readonly Row[]): Promise<void> {
  let from = 0
  while (from < rows.length) {
    const size = sizeOfChunk(rows, from)
    const values: unknown[] = []
    for (const row of rows.slice(from, from + size)) for (const column of columns) values.push(row[column])
    await work.executeQuery(CompiledQuery.raw(statement(name, size), values))
    from += size
  }
}

const statements = new Map<string, string>()

/** The statement for this many rows. Cached, because building it took as long as everything else for a row. */
function statement(name: Engine['name'], size: number): string {
  const key = `${name} ${size}`
  const known = statements.get(key)
  if (known !== undefined) return known
  const rows = Array.from({ length: size }, (_, row) => {
    const places = columns.map((_, column) => (name === 'postgres' ? `$${row * columns.length + column + 1}` : '?'))
    return `(${places.join(',')})`
  })
  const insert = `insert into timhook_messages (${columns.join(',')}) values ${rows.join(',')}`
  const made =
    name === 'mysql'
      ? `${insert} on duplicate key update ${columns.map((column) => `${column}=values(${column})`).join(',')}`
      : `${insert} on conflict (message_key) do update set ${columns.map((column) => `${column}=excluded.${column}`).join(',')}`
  statements.set(key, made)
  return made
}

function sizeOfChunk(rows: readonly Row[], from: number): number {
  let size = 1
  while (size * 2 <= MAX_ROWS && from + size * 2 <= rows.length) size *= 2
  let characters = 0
  for (let count = 0; count < size; count++) {
    characters += lengthOf(rows[from + count])
    // Large messages are written one by one.
    if (characters > MAX_CHARACTERS) return 1
  }
  return size
}

function lengthOf(row: Row | undefined): number {
  if (!row) return 0
  return row.text.length + row.terms.length + (row.body?.length ?? 0) + (row.raw?.length ?? 0)
}
