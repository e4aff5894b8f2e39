import { checkFile } from './check-file.ts'
import { Database, type Row, type Value } from '../../store/database.ts'
import type { Asked } from './requests.ts'

/** Which callbacks to list. Times are milliseconds since 1970. */
export interface Filter {
  readonly app?: number
  readonly command?: string
  /** Those that this plugin gets. */
  readonly plugin?: string
  /** What has become of it: with `plugin` there, else with any. */
  readonly outcome?: 'done' | 'waiting' | 'dead'
  readonly since?: number
  /** Older than this number: for the next page. */
  readonly before?: number
  readonly limit?: number
}

/** What is stored, for other processes than the server. It is read as it is; the server does what is asked. */
export interface Journal {
  /** Newest first. */
  callbacks(filter?: Filter): Row[]
  /** Newest first; without a plugin those of all. */
  deadLetters(filter?: { plugin?: string; command?: string; limit?: number }): Row[]
  /** Puts a request where the server looks for it, at its next start if it does not run. Gives its number. */
  request(asked: Asked, now?: number): number
  /** What came of a request; undefined as long as the server has not looked at it. */
  result(num: number): { count: number } | undefined
  close(): void
}

const OF_PLUGIN = `SELECT value AS plugin FROM plugin_sets s, json_each(s.plugins) WHERE s.set_id = c.set_id
  AND (:p IS NULL OR value = :p)`
const OUTCOMES = {
  dead: `EXISTS (SELECT 1 FROM dead_letters d WHERE d.seq = c.seq AND (:p IS NULL OR d.plugin = :p))`,
  waiting: `EXISTS (SELECT 1 FROM (${OF_PLUGIN}) o WHERE
    EXISTS (SELECT 1 FROM pending w WHERE w.plugin = o.plugin AND w.seq = c.seq)
    OR (c.seq > (SELECT seq FROM cursors k WHERE k.plugin = o.plugin)
      AND NOT EXISTS (SELECT 1 FROM done f WHERE f.plugin = o.plugin AND f.seq = c.seq)))`,
} as const

/** Opens the file of a server that may be running. @throws TimhookError STORE_FOREIGN, STORE_NEWER or STORE_DAMAGED */
export function openJournal(file: string): Journal {
  checkFile(file)
  const database = new Database(file)
  database.exec('PRAGMA busy_timeout = 2000')
  return {
    callbacks({ app, command, plugin, outcome, since, before, limit = 100 } = {}) {
      const done = `NOT ${OUTCOMES.dead} AND NOT ${OUTCOMES.waiting}`
      const conditions: [condition: string, ...values: Value[]][] = [['1']]
      if (app !== undefined) conditions.push(['app = ?', app])
      if (command !== undefined) conditions.push(['command = ?', command])
      if (since !== undefined) conditions.push(['received_at >= ?', since])
      if (before !== undefined) conditions.push(['seq < ?', before])
      if (plugin !== undefined) conditions.push([`EXISTS (${bound(OF_PLUGIN, plugin)})`])
      if (outcome) conditions.push([bound(outcome === 'done' ? done : OUTCOMES[outcome], plugin)])
      const where = conditions.map(([condition]) => condition).join(' AND ')
      const values = conditions.flatMap(([, ...some]) => some)
      const columns = 'seq, id, app, command, received_at, signed, resends, maybe_resend, query, raw'
      return database.all(
        `SELECT ${columns} FROM callbacks c WHERE ${where} ORDER BY seq DESC LIMIT ?`,
        ...values,
        limit,
      )
    },
    deadLetters({ plugin, command, limit = 100 } = {}) {
      const select = `SELECT d.num, d.plugin, d.at, d.attempts, d.error, c.seq, c.id, c.app, c.command, c.raw
        FROM dead_letters d JOIN callbacks c ON c.seq = d.seq
        WHERE (? IS NULL OR d.plugin = ?) AND (? IS NULL OR c.command = ?) ORDER BY d.num DESC LIMIT ?`
      const [one, other] = [plugin ?? null, command ?? null]
      return database.all(select, one, one, other, other, limit)
    },
    request(asked, now = Date.now()) {
      database.run('INSERT INTO requests (at, request) VALUES (?, ?)', now, JSON.stringify(asked))
      return database.number('SELECT last_insert_rowid()')
    },
    result(num) {
      const result = database.get('SELECT result FROM requests WHERE num = ?', num)?.['result']
      return typeof result === 'string' ? (JSON.parse(result) as { count: number }) : undefined
    },
    close: () => database.close(),
  }
}

/** The condition for one plugin, or for any. */
function bound(condition: string, plugin: string | undefined): string {
  return condition.replaceAll(':p', plugin === undefined ? 'NULL' : `'${plugin.replaceAll("'", "''")}'`)
}
