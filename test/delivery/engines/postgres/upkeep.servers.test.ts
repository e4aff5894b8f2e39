import { expect } from 'chai'
import { openPostgresHistory } from '../../../../core/delivery/engines/postgres/history/history.ts'
import { newId } from '../../../../core/lib/id.ts'
import { FULL } from '../../../harness/plugin.ts'
import { eventsOf } from '../../../harness/server.ts'
import { describeWithPostgres, startPostgres } from '../../../harness/servers/postgres.ts'
import { eventually } from '../redis/run-redis.ts'
import { type PostgresRun, runPostgres } from './run-postgres.ts'

const SIZE = 400_000
const REFUSED_BYTES = 5400

/** As if the clock of the process that received it had been far ahead, or far behind. */
const EARLY = "'000000001' || substr(id, 10)"
const LATE = "'zzzzzzzzz' || substr(id, 10)"

async function refuse({ delivery }: PostgresRun, n: number): Promise<void> {
  const about = { id: newId(), sdkAppId: 1400000000, command: FULL, receivedAt: Date.now(), signed: false }
  const raw = `${n}`.padEnd(REFUSED_BYTES - 400, 'x')
  await delivery.recordUndelivered({ ...about, query: '', raw }, { as: 'refused', error: 'not JSON' })
}

describeWithPostgres('the upkeep of a PostgreSQL', () => {
  it('takes room from refused callbacks first, as much as is lacking', async () => {
    const server = await startPostgres()
    const retention = { age: 1e9, size: SIZE, deadLetters: 1e9 }
    const run = await runPostgres(server, { one: () => undefined }, { retention })
    const shortened = eventsOf(run.bus, 'history:shortened')
    // Within their share, which is a twentieth.
    for (let n = 0; n < 3; n++) await refuse(run, n)
    const done = eventsOf(run.bus, 'handler:done')
    for (let n = 0; n < 10; n++) await run.accept(n)
    await eventually(
      async () => done.length,
      (count) => count === 10,
    )
    await eventually(
      () => server.sql('SELECT 1 FROM timhook.cursors WHERE seq >= 10'),
      (rows) => rows.length === 1,
    )
    const total = 'sum(octet_length(raw) + octet_length(query) + 400)'
    await server.sql(`
      UPDATE timhook.callbacks SET query = '', raw = repeat('x', (${SIZE} - 10000) / 10 - 400) WHERE outcome IS NULL;
      UPDATE timhook.partitions SET bytes = coalesce((SELECT ${total} FROM timhook.callbacks WHERE partition = n), 0)`)
    await eventually(
      async () => shortened.length,
      (count) => count > 0,
    )
    expect(shortened).to.have.length(1)
    expect(shortened[0]).to.include({ refused: 2, finished: 0, faults: 0 })
  })

  it('does not call history shortened by refused callbacks that have expired', async () => {
    const server = await startPostgres()
    const retention = { age: 1e9, size: 1e9, deadLetters: 3_600_000 }
    const run = await runPostgres(server, { one: () => undefined }, { retention })
    const shortened = eventsOf(run.bus, 'history:shortened')
    for (let n = 0; n < 3; n++) await refuse(run, n)
    await server.sql(`UPDATE timhook.callbacks SET id = ${EARLY}`)
    await eventually(
      () => server.sql('SELECT 1 FROM timhook.callbacks'),
      (rows) => rows.length === 0,
    )
    expect(shortened).to.deep.equal([])
  })
})

describeWithPostgres('a list of what a PostgreSQL stores, oldest first', () => {
  it('passes no callback, whatever the clocks of the processes say', async () => {
    const server = await startPostgres()
    const retention = { age: 1e13, size: 1e12, deadLetters: 1e13 }
    const run = await runPostgres(server, { one: () => undefined }, { retention })
    for (let n = 0; n < 6; n++) await run.accept(n, `g${n % 2}`)
    await server.sql(`UPDATE timhook.callbacks SET id = CASE WHEN seq % 2 = 1 THEN ${LATE} ELSE ${EARLY} END`)
    const history = await openPostgresHistory({ url: server.url, schema: 'timhook', durability: 'strict' })
    const seen: string[] = []
    let place: string | undefined
    for (let end = false; !end;) {
      const page = await history.forward({ limit: 2 }, place)
      seen.push(...page.entries.map(({ ref }) => ref))
      place = page.place
      end = page.end
    }
    await history.close()
    expect(seen).to.have.length(6)
    expect(new Set(seen).size).to.equal(6)
  })
})
