import type { Server } from 'node:http'
import { exposition } from '../../observe/metrics/family.ts'
import { Access, type AdminSettings } from '../access/access.ts'
import { createApi } from '../api/api.ts'
import type { ServerFacts } from '../api/deps.ts'
import { createRecorder, type Recorder } from '../live/recorder.ts'
import { Stream } from '../live/stream.ts'
import type { Reads } from '../reads.ts'
import type { Tls } from '../../http/server/tls.ts'
import { createAdminServer } from './server.ts'

/** The admin server of a process, before it listens. */
export interface Admin {
  readonly server: Server
  /** Applies the settings of a reload. */
  update(settings: AdminSettings): void
  /** Ends connections and timers. */
  close(): void
}

/** Assembles the admin server: access, the numbers of the last day, the stream, and the API. */
export function openAdmin(
  facts: ServerFacts,
  settings: AdminSettings,
  { reads, tls }: { reads: Reads; tls?: Tls | undefined },
): Admin {
  const access = new Access(settings)
  let recorder: Recorder | undefined
  const record = ({ page }: AdminSettings): void => {
    if (page === true) recorder ??= createRecorder(facts.families)
  }
  record(settings)
  const stream = new Stream({ latest: (place) => reads.latest(place), families: facts.families })
  access.onRevoked(() => stream.end())
  const api = createApi({ facts, access, reads, stream, series: () => recorder?.series() })
  const server = createAdminServer(
    {
      readiness: facts.readiness,
      metrics: async () => exposition(await facts.families()),
      api,
      onOpened: () => void reads.holds().catch(() => undefined),
      onError: (error) => facts.log.error({ err: error }, 'a request of the admin listener failed'),
    },
    access,
    tls,
  )
  return {
    server,
    update(next) {
      access.update(next)
      record(next)
    },
    close() {
      recorder?.stop()
      stream.end()
      server.close()
      server.closeAllConnections()
    },
  }
}
