import { expect } from 'chai'
import type { Arrival } from '../../core/delivery/redis/arrival.ts'
import { Gaps } from '../../core/delivery/redis/gaps.ts'
import { Intake } from '../../core/delivery/redis/intake.ts'
import type { TakenPart } from '../../core/delivery/redis/item.ts'
import { Ledger } from '../../core/delivery/redis/ledger.ts'
import type { Run } from '../../core/delivery/redis/run.ts'
import { Share } from '../../core/delivery/redis/share.ts'
import { deferred } from '../harness/plugin.ts'

const forever = (): Promise<never> => new Promise(() => undefined)

/** An intake whose reads are answered by hand. */
function intake() {
  const reads: { asked: () => void; answer: (part: TakenPart) => void; sent: Promise<void> }[] = []
  const read = () => {
    const sent = deferred()
    const reply = deferred<TakenPart[]>()
    reads.push({ asked: sent.resolve, answer: (part) => reply.resolve([part]), sent: sent.promise })
    return reply.promise
  }
  const replies = [read(), read()]
  let count = 0
  const run = (async () => {
    reads[count]?.asked()
    return replies[count++]
  }) as Run
  const share = new Share('one', { n: 0, fence: '1', at: 0, clean: true })
  const seen: string[] = []
  const subject = new Intake({
    plugin: 'one',
    run,
    ledger: new Ledger(forever, () => undefined),
    gaps: new Gaps(),
    maxBacklog: undefined,
    shares: new Map([[0, share]]),
    room: () => 100,
    mayTake: () => true,
    complain: (error) => void seen.push(String(error)),
    onItem: ({ entry }) => void seen.push(entry),
    onOver: () => undefined,
  })
  const arrive = (entry: string): void => {
    const about = { id: entry, sdkAppId: 1, command: '', querystring: '', signed: false, raw: '', receivedAt: 0 }
    const arrival: Arrival = { entry, callback: about, key: 'g', maybeResend: false, received: { parsed: undefined } }
    subject.arrived(share, arrival)
    subject.pump()
  }
  return { subject, share, seen, arrive, reads }
}

const upTo = (tail: string, ...entries: string[]): TakenPart => ['0', 1, 0, '>', tail, -1, [], entries]
const turns = async (): Promise<void> => {
  for (let n = 0; n < 3; n++) await new Promise(setImmediate)
}

describe('what a process stores while it reads', () => {
  it('is read once more where the read did not come to it, and nothing is handed over ahead of it', async () => {
    const { subject, seen, arrive, reads } = intake()
    subject.pump()
    arrive('5-0')
    reads[0]?.answer(upTo('4-0'))
    await turns()
    arrive('6-0')
    expect(seen).to.deep.equal([])
    await reads[1]?.sent
    reads[1]?.answer(upTo('6-0', '5-0', '6-0'))
    await turns()
    arrive('7-0')
    expect(seen).to.deep.equal(['5-0', '6-0', '7-0'])
  })

  it('is given once where it is told of after the read that brought it', async () => {
    const { subject, seen, arrive, reads } = intake()
    subject.pump()
    arrive('5-0')
    reads[0]?.answer(upTo('5-0', '5-0'))
    await turns()
    arrive('5-0')
    arrive('6-0')
    expect(seen).to.deep.equal(['5-0', '6-0'])
  })
})
