import { expect } from 'chai'
import type { ConfigInput } from '../../../config/schema/schema.ts'
import { entry, FULL } from '../../harness/plugin.ts'
import { eventsOf, type TestServer } from '../../harness/server.ts'
import { counted } from './counted.ts'

type Serve = (config?: Partial<ConfigInput>) => Promise<TestServer>

/** What every engine takes for the same callback sent again. */
export function describeResends(serve: Serve): void {
  describe('resends', () => {
    it('are acknowledged and counted, and not delivered again', async () => {
      let calls = 0
      const { post, bus } = await serve({ plugins: [entry('counts', { [FULL]: async () => void calls++ })] })
      const resent = eventsOf(bus, 'callback:resent')
      const done = bus.next('handler:done')
      const body = { GroupId: '@TGS#1', EventTime: 5, CallbackCommand: FULL }
      for (let n = 0; n < 50; n++) expect((await post(FULL, body)).status).to.equal(200)
      await done
      expect(calls).to.equal(1)
      expect(resent.map(({ resends }) => resends)).to.deep.equal(Array.from({ length: 49 }, (_, n) => n + 1))
    })

    it('are recognised in any order of keys, and only within app, command and body', async () => {
      let calls = 0
      const { post, bus } = await serve({ plugins: [entry('counts', { '*': async () => void calls++ })] })
      const five = counted(bus, 5)
      await post(FULL, '{"GroupId":"a","EventTime":1}')
      await post(FULL, '{ "EventTime":1, "GroupId":"a"}')
      await post(FULL, '{"GroupId":"b","EventTime":1}')
      await post('Group.CallbackAfterOther', '{"GroupId":"a","EventTime":1}')
      await post(FULL, '{"GroupId":"a","EventTime":1,"big":9007199254740993}')
      await post(FULL, '{"GroupId":"a","EventTime":1,"big":9007199254740992}')
      await five
      expect(calls).to.equal(5)
    })

    it('of a body that identifies no event are delivered, and marked', async () => {
      const marks: boolean[] = []
      const { post, bus } = await serve({
        plugins: [entry('marks', { [FULL]: async ({ maybeResend }) => void marks.push(maybeResend) })],
      })
      const both = counted(bus, 2)
      await post(FULL, { GroupId: 'a' })
      await post(FULL, { GroupId: 'a' })
      await both
      expect(marks).to.deep.equal([false, true])
    })

    const alike = { GroupId: 'a', MsgSeq: null, EventTime: { at: 1 } }

    it('of a body without a time of a valid type are recognised by the RequestID of the URL, in any case', async () => {
      const got: unknown[] = []
      const { post, bus } = await serve({
        plugins: [
          entry('marks', { '*': async ({ query, maybeResend }) => void got.push([query['RequestID'], maybeResend]) }),
        ],
      })
      const resent = counted(bus, 2, 'callback:resent')
      const done = counted(bus, 2)
      await post('X.Y', alike, { RequestID: 'one' })
      await post('X.Y', alike, { RequestID: 'two' })
      await post('X.Y', alike, { requestid: 'one' })
      await post('X.Y', alike, { RequestId: 'two' })
      await resent
      await done
      expect(got).to.have.deep.members([
        ['one', false],
        ['two', false],
      ])
    })

    it('are not recognised by a RequestID that has come with two bodies', async () => {
      const got: unknown[] = []
      const { post, bus, lines } = await serve({
        plugins: [entry('marks', { '*': async ({ body, maybeResend }) => void got.push([body, maybeResend]) })],
      })
      const distrusted = bus.next('request-id:distrusted')
      const done = counted(bus, 4)
      for (const body of [alike, {}, {}, {}]) await post('X.Y', body, { RequestID: 'same' })
      await done
      expect(await distrusted).to.include({ command: 'X.Y' })
      expect(got).to.have.deep.members([
        [alike, false],
        [{}, false],
        [{}, true],
        [{}, true],
      ])
      expect(lines.filter((line) => line.includes('RequestID'))).to.have.length(1)
    })

    it('are new callbacks once the window is over', async () => {
      let calls = 0
      const { post, bus } = await serve({
        delivery: { resendWindow: 1 },
        plugins: [entry('counts', { [FULL]: async () => void calls++ })],
      })
      const both = counted(bus, 2)
      await post(FULL, { GroupId: 'a', EventTime: 1 })
      await new Promise((resolve) => setTimeout(resolve, 5))
      await post(FULL, { GroupId: 'a', EventTime: 1 })
      await both
      expect(calls).to.equal(2)
    })
  })
}
