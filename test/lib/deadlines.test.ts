import { expect } from 'chai'
import { Deadlines, type Wait } from '../../core/lib/deadlines.ts'

/** Somebody to wait, who tells when that has ended, and whether too early. */
function waitIn(deadlines: Deadlines, startedAt: number, limitMs: number): { wait: Wait; late: Promise<string> } {
  let end: (text: string) => void = () => undefined
  const late = new Promise<string>((resolve) => (end = resolve))
  const wait = deadlines.add(startedAt, {
    late({ name, message }) {
      end(`${name}: ${message}, ${performance.now() >= startedAt + limitMs ? 'in time' : 'early'}`)
    },
  })
  return { wait, late }
}

describe('deadlines', () => {
  // They keep no process alive by themselves.
  let alive: NodeJS.Timeout
  beforeEach(() => (alive = setInterval(() => undefined, 1000)))
  afterEach(() => clearInterval(alive))

  it('end each wait when its time is over, in whatever order they began', async () => {
    const deadlines = new Deadlines(30)
    const now = performance.now()
    const order: number[] = []
    const all = [0, -20, -10].map((sooner) => {
      const { late } = waitIn(deadlines, now + sooner, 30)
      return late.then((text) => {
        order.push(sooner)
        return text
      })
    })
    expect(new Set(await Promise.all(all))).to.deep.equal(new Set(['TimeoutError: took longer than 30 ms, in time']))
    expect(order).to.deep.equal([-20, -10, 0])
  })

  it('fire in the order of their ends if a late timer finds several due', async () => {
    const deadlines = new Deadlines(5)
    const now = performance.now()
    const order: number[] = []
    const all = [0, -2, -1].map((sooner) => waitIn(deadlines, now + sooner, 5).late.then(() => order.push(sooner)))
    // The event loop is held until all of them are over.
    while (performance.now() < now + 10);
    await Promise.all(all)
    expect(order).to.deep.equal([-2, -1, 0])
  })

  it('leave alone what is over before, wherever it stands, and tell whether it was', async () => {
    const deadlines = new Deadlines(15)
    const now = performance.now()
    const waits = Array.from({ length: 5 }, () => waitIn(deadlines, now, 15))
    const removed = [waits[0], waits[2], waits[4], waits[2]].map((one) => one && deadlines.remove(one.wait))
    expect(removed).to.deep.equal([true, true, true, false])
    const gone = [waits[0], waits[2], waits[4]].map((one) => one?.late)
    const left = Promise.all([waits[1]?.late, waits[3]?.late])
    expect(await Promise.race([left, ...gone])).to.have.length(2)
    expect(waits[1] && deadlines.remove(waits[1].wait)).to.equal(false)
    // The list is whole again, for one that comes later.
    expect(await waitIn(deadlines, performance.now(), 15).late).to.contain('in time')
  })
})
