import { existsSync, symlinkSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { devNull, tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDelivery } from '../../../core/delivery/consume/delivery.ts'
import { openSqliteHistory } from '../../../core/delivery/engines/sqlite/history/history.ts'
import { SqliteLog } from '../../../core/delivery/engines/sqlite/sqlite-log.ts'
import { SqliteClient } from '../../../core/delivery/engines/sqlite/client/sqlite-client.ts'
import { InlineThread } from './inline-thread.ts'
import { describeModel } from './model.ts'

/** A disk that other tests keep busy would take longer than all the rest. */
const MEMORY = '/dev/shm'
const retention = { age: 1e12, size: 1e12, deadLetters: 1e12 }

describeModel({
  name: 'sqlite',
  isVirtual: true,
  limits: { timeoutMs: 60, minMs: 10, maxMs: 100 },
  most: 200,
  async newStore(random) {
    const folder = await mkdtemp(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'timhook-'))
    const file = join(folder, 'timhook.db')
    let thread: InlineThread | undefined
    return {
      async open({ registry, bus, mortal }) {
        thread = new InlineThread(random)
        const client = await SqliteClient.open(file, undefined, new SqliteClient(thread.asWorker))
        // Writing down what is set aside for a full disk would take longer than all the rest.
        symlinkSync(devNull, `${file}.reserve`)
        const deps = { bus, client, file, resendWindow: 600_000, retention }
        const log = new SqliteLog({ ...deps, plugins: registry.plugins.map(({ id }) => id) })
        return {
          delivery: createDelivery({ log: mortal.wrap(log), registry, bus, resendWindow: 600_000 }),
          close: async (ending) => void (await client.close(ending)),
          async crash() {
            await log.close()
            await mortal.settled()
            await client.close('failed')
          },
        }
      },
      openHistory: async () => openSqliteHistory(file),
      blink(isDown) {
        if (thread) thread.isDown = isDown
      },
      remove: () => rm(folder, { recursive: true, force: true }),
    }
  },
})
