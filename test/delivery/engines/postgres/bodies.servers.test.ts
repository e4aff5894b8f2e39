import { expect } from 'chai'
import { openPostgresHistory } from '../../../../core/delivery/engines/postgres/history/history.ts'
import { unfitFor } from '../../../../core/delivery/replayable.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { describeWithPostgres, startPostgres } from '../../../harness/servers/postgres.ts'
import { answered, until } from '../../contract/histories.ts'
import { runPostgres } from './run-postgres.ts'

const RETENTION = { age: 1e9, size: 1e12, deadLetters: 1e9, bodies: 'finished' } as const

describeWithPostgres('retention.bodies of the engine postgres', () => {
  it('finished: takes bodies once every plugin is done, and replay says so', async () => {
    const { url } = await startPostgres()
    const handle = (n: number): unknown => {
      if (n === 3) throw new Error('broken')
      return n === 4 ? new Promise(() => undefined) : undefined
    }
    const retry = { attempts: 1, minMs: 1, maxMs: 1 }
    const run = await runPostgres({ url }, { one: handle }, { retry, retention: RETENTION })
    for (let n = 1; n <= 4; n++) await run.accept(n, `g${n}`)
    const history = await openPostgresHistory({ url, schema: 'timhook', durability: 'strict' })
    stopAfterTest(() => history.close())
    const entries = await until(
      async () => (await history.forward({ bodies: true })).entries,
      (all) => all.filter(({ body }) => body?.raw === '').length >= 2,
    )
    const states = entries.map(({ plugins, body }) => [plugins[0]?.outcome, body?.raw !== ''])
    expect(states).to.deep.equal([
      ['done', false],
      ['done', false],
      ['dead', true],
      ['waiting', true],
    ])
    const [first] = entries
    if (!first) throw new Error('nothing is listed')
    expect(unfitFor(first)).to.match(/^the body of \w+ is gone/)
    const result = await answered(history, { kind: 'replay', plugin: 'one', refs: [first.ref] })
    expect(result).to.include({ count: 0, gone: 1 })
  })
})
