import type { Engine } from './engine.ts'

const SQLITE = 'sqlite:'

/** The package that each kind of URL needs. */
const PACKAGES = { 'postgres:': 'pg', 'postgresql:': 'pg', 'mysql:': 'mysql2', 'mariadb:': 'mysql2' } as const

/** The package that a URL needs, if any. */
function packageOf(url: string): string | undefined {
  const scheme = /^[a-z]+:/.exec(url)?.[0] ?? ''
  return (PACKAGES as Readonly<Record<string, string>>)[scheme]
}

/** Opens the database that a URL names. */
export async function openEngine(url: string): Promise<Engine> {
  if (url.startsWith(SQLITE)) {
    const { openSqliteEngine } = await import('./sqlite.ts')
    return openSqliteEngine(url.slice(SQLITE.length))
  }
  if (packageOf(url) === 'pg') {
    const { openPostgresEngine } = await import('./postgres.ts')
    return openPostgresEngine(url)
  }
  const { openMysqlEngine } = await import('./mysql.ts')
  return openMysqlEngine(url.replace(/^mariadb:/, 'mysql:'))
}
