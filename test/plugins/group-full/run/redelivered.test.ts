import { expect } from 'chai'
import { checkValue } from '../../../../config/check/check.ts'
import { createLogger } from '../../../../core/observe/log.ts'
import type { Lease } from '../../../../core/plugin.ts'
import { restNotConfigured } from '../../../../core/rest/calls/rest.ts'
import { createMemoryStores } from '../../../../core/store/memory.ts'
import type { FullContext } from '../../../../plugins/group-full/report/event.ts'
import { recordInterrupted } from '../../../../plugins/group-full/run/new-record.ts'
import { keys } from '../../../../plugins/group-full/report/keys.ts'
import { options, type Options } from '../../../../plugins/group-full/options.ts'
import { receive } from '../../../../plugins/group-full/report/receive.ts'
import type { RunRecord } from '../../../../plugins/group-full/report/record.ts'
import { work } from '../../../../plugins/group-full/run/work.ts'
import { FULL, full } from '../../../harness/plugin.ts'

const log = createLogger({ level: 'silent' })

describe('group-full, after its process died at the wrong moment', () => {
  it('records a report once that is delivered again, since it could not be marked as done', async () => {
    const store = createMemoryStores().of('p')
    const body = full()
    const about = { id: 'callback-1', app: { sdkAppId: 1 }, signed: true, receivedAt: Date.now(), maybeResend: false }
    const context = { command: FULL, body, raw: JSON.stringify(body), query: {}, ...about, store, log }
    const emit = (): void => undefined
    const deliver = () => receive({ ...context, emit } as unknown as FullContext, true)
    expect(await deliver()).to.equal('queued')
    await deliver()
    expect(await store.records('full')).to.have.length(1)
    expect((await store.list('job:'))[0]?.value).to.include({ events: 1 })
  })

  it('gives a job up after the third run that was cut short', async () => {
    const store = createMemoryStores().of('p')
    const working = { run: 'r', startedAt: 1, mode: 'remove', fence: 1, requested: [] }
    const job = { app: 1, group: 'g', events: 1, first: 1, last: 1, aheadMs: 0, carried: 0, cuts: 2, working }
    await store.set(keys.job(job), job)
    const lease = await store.lease('g', 1000)
    const given = checkValue(options, { mode: 'remove' }).value as Options
    const { signal } = new AbortController()
    const rest = restNotConfigured
    const parts = { options: given, store, log, apps: [], rest, emit: () => undefined, signal }
    await work(parts, job, lease as Lease, signal)
    const [ended, cut] = (await store.records('run')).map(({ data }) => data as RunRecord)
    expect(cut).to.include({ run: 'r', outcome: 'incomplete' })
    expect(ended).to.include({ outcome: 'error', why: 'the process ended during 3 runs of it' })
    expect(await store.list('job:')).to.deep.equal([])
  })

  it('adds nothing to a run that had kept its record before', async () => {
    const store = createMemoryStores().of('p')
    const job = { app: 1, group: 'g', events: 1, first: 1, last: 1, aheadMs: 0, carried: 0, cuts: 0 }
    const cut = { run: 'r', startedAt: 1, mode: 'remove', fence: 1, requested: ['a'] }
    const parts = { store, options: { mode: 'remove' } as Options }
    await recordInterrupted(parts, job, cut)
    await recordInterrupted(parts, job, cut)
    expect((await store.records('run')).map(({ data }) => data)).to.have.length(1)
  })
})
