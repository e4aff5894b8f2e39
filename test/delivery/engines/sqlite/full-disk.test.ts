import { expect } from 'chai'
import { createDispatch } from '../../../../core/dispatch.ts'
import { serveDispatch } from '../../../harness/parts.ts'
import { BEFORE, full, FULL, message } from '../../../harness/plugin.ts'
import { UNSIGNED_APP } from '../../../harness/server.ts'
import { newFile, recovered, runEngine } from './run-sqlite.ts'

describe('a server whose disk is full', () => {
  it('refuses after-callbacks with 503, goes on deciding before-callbacks, and takes all again by itself', async () => {
    const { registry, delivery, bus, client } = await runEngine(await newFile(), {
      one: (_n, _attempt, _resends, { reject }) => (reject ? reject(10100) : new Promise(() => undefined)),
    })
    const dispatch = createDispatch({ registry, delivery, bus, deadlineMs: 60_000, maxInFlight: 1000 })
    const { port } = await serveDispatch(dispatch, bus)
    const post = async (command: string, body: object): Promise<{ status: number; code: unknown }> => {
      const query = `SdkAppid=${UNSIGNED_APP}&CallbackCommand=${command}`
      const response = await fetch(`http://127.0.0.1:${port}/?${query}`, { method: 'POST', body: JSON.stringify(body) })
      const { ErrorCode } = (await response.json()) as { ErrorCode: unknown }
      return { status: response.status, code: ErrorCode }
    }
    const decided = await post(BEFORE, message())
    expect(decided).to.deep.equal({ status: 200, code: 10100 })
    await client.request('limitPages', { pages: 1 })
    let refused = { status: 200, code: 0 as unknown }
    while (refused.status === 200) refused = await post(FULL, full({ GroupId: 'x'.repeat(800) }))
    expect(refused).to.deep.equal({ status: 503, code: 503 })
    for (let n = 0; n < 20; n++) expect(await post(BEFORE, message('x'.repeat(500)))).to.deep.equal(decided)
    expect((await post(FULL, full({ GroupId: 'x'.repeat(800) }))).status).to.equal(503)
    await client.request('limitPages', { pages: 1_000_000 })
    await recovered(delivery)
    expect(await post(FULL, full({ GroupId: 'x'.repeat(800) }))).to.deep.equal({ status: 200, code: 0 })
  })
})
