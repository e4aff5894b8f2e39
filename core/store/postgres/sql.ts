/** One statement. Its parameters are `$1`, `$2` and so on; `{schema}` is where our tables are. */
export interface Sql {
  /** Each connection prepares it once, under this name. */
  readonly name: string
  readonly text: string
}

/** What runs statements: a connection, or a transaction. */
export interface Queryable {
  query<T extends object>(sql: Sql, values?: readonly unknown[]): Promise<T[]>
}

export function sql(name: string, text: string): Sql {
  return { name, text }
}

/** Milliseconds since 1970, by the clock that all processes share. */
export const NOW = '(extract(epoch FROM clock_timestamp()) * 1000)::bigint'
