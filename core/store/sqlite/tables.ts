import type { Database } from './database.ts'
import type { StoreOperations } from './stores.ts'

type Table = { readonly [N in keyof StoreOperations]: (arg: StoreOperations[N][0]) => StoreOperations[N][1] }

/** The tables of the plugins' stores. This side runs in the thread that has the database. */
export function storeOperations(database: Database): Table {
  return {
    kvGet({ plugin, key, now }) {
      const row = database.get('SELECT json, ends_at FROM kv WHERE plugin = ? AND key = ?', plugin, key)
      if (!row || (typeof row['ends_at'] === 'number' && row['ends_at'] <= now)) return undefined
      return String(row['json'])
    },
    kvSet({ plugin, key, json, endsAt }) {
      if (json === undefined) database.run('DELETE FROM kv WHERE plugin = ? AND key = ?', plugin, key)
      else database.run('INSERT OR REPLACE INTO kv VALUES (?, ?, ?, ?)', plugin, key, json, endsAt ?? null)
    },
    kvChange({ plugin, key, from, to, now }) {
      const row = database.get('SELECT json, ends_at FROM kv WHERE plugin = ? AND key = ?', plugin, key)
      const endsAt = typeof row?.['ends_at'] === 'number' ? row['ends_at'] : undefined
      const isThere = row !== undefined && (endsAt === undefined || endsAt > now)
      if ((isThere ? String(row['json']) : undefined) !== from) return false
      if (to === undefined) database.run('DELETE FROM kv WHERE plugin = ? AND key = ?', plugin, key)
      else {
        const expiry = isThere ? (endsAt ?? null) : null
        database.run('INSERT OR REPLACE INTO kv VALUES (?, ?, ?, ?)', plugin, key, to, expiry)
      }
      return true
    },
    kvList({ plugin, prefix, now }) {
      const select = `SELECT key, json FROM kv WHERE plugin = ? AND substr(key, 1, length(?)) = ?
        AND (ends_at IS NULL OR ends_at > ?)`
      return database.all(select, plugin, prefix, prefix, now)
    },
    leaseTake({ plugin, name, endsAt, now }) {
      const last = database.get('SELECT fence, ends_at FROM leases WHERE plugin = ? AND name = ?', plugin, name)
      if (last && Number(last['ends_at']) > now) return undefined
      const fence = Number(last?.['fence'] ?? 0) + 1
      database.run('INSERT OR REPLACE INTO leases VALUES (?, ?, ?, ?)', plugin, name, fence, endsAt)
      return fence
    },
    leaseSet({ plugin, name, fence, endsAt, now }) {
      const set = 'UPDATE leases SET ends_at = ? WHERE plugin = ? AND name = ? AND fence = ? AND ends_at > ?'
      return database.run(set, endsAt, plugin, name, fence, now) > 0
    },
    record({ plugin, kind, at, json }) {
      database.run('INSERT INTO records (plugin, kind, at, json) VALUES (?, ?, ?, ?)', plugin, kind, at, json)
    },
    records({ plugin, kind, limit }) {
      const select = 'SELECT at, json FROM records WHERE plugin = ? AND kind = ? ORDER BY num DESC LIMIT ?'
      return database.all(select, plugin, kind, limit)
    },
  }
}
