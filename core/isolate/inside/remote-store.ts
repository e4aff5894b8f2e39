import type { Lease, Store, StoredRecord } from '../../store/store.ts'
import { toJson } from '../../store/to-json.ts'
import type { Server } from './server.ts'

/** Stands for the plugin's store, which the server has. Values are sent as JSON, as a store would keep them. */
export function createRemoteStore(server: Server): Store {
  return {
    async get(key) {
      return parse(await server.ask({ what: 'get', key }))
    },
    async set(key, value, { ttlMs } = {}) {
      const json = toJson(value)
      await server.ask({ what: 'set', key, json, ...(ttlMs !== undefined && { ttlMs }) })
    },
    delete: (key) => server.ask({ what: 'delete', key }),
    list: (prefix) => server.ask({ what: 'list', prefix }),
    /** The function cannot be sent, so it is called here. Its result is written if nobody else has written meanwhile. */
    async update(key, change) {
      let expected = await server.ask<string | undefined>({ what: 'get', key })
      for (;;) {
        const value = change(parse(expected))
        const json = toJson(value)
        const swapped = await server.ask<Swapped>({ what: 'swap', key, expected, json })
        if (swapped.isSwapped) return value
        expected = swapped.current
      }
    },
    async lease(name, ttlMs) {
      const taken = await server.ask<Taken | undefined>({ what: 'lease', name, ttlMs })
      return taken && leaseOf(server, taken)
    },
    async record(kind, data) {
      await server.ask({ what: 'record', record: kind, json: toJson(data) })
    },
    records: (kind, { limit } = {}) =>
      server.ask<StoredRecord[]>({ what: 'records', record: kind, ...(limit !== undefined && { limit }) }),
  }
}

interface Swapped {
  readonly isSwapped: boolean
  readonly current?: string
}

interface Taken {
  readonly lease: number
  readonly fence: number
}

function leaseOf(server: Server, { lease, fence }: Taken): Lease {
  return {
    fence,
    renew: (ttlMs) => server.ask({ what: 'renew', lease, ttlMs }),
    release: () => server.ask({ what: 'release', lease }),
  }
}

function parse(json: string | undefined): unknown {
  return json === undefined ? undefined : (JSON.parse(json) as unknown)
}
