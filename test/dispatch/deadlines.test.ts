import { expect } from 'chai'
import { Deadlines, type Wait } from '../../core/deadlines.ts'

/** Waits that tell when they are ended, in the order in which they are. */
function waitsOf(deadlines: Deadlines, limits: readonly number[]): { waits: Wait[]; ended: Promise<string[]> } {
  const texts: string[] = []
  let onAll: (all: string[]) => void = () => undefined
  const ended = new Promise<string[]>((resolve) => (onAll = resolve))
  const startedAt = performance.now()
  const waits = limits.map((limitMs) => {
    const at = startedAt + limitMs
    const onLate = ({ name, message }: Error): void => {
      texts.push(`${name} ${message}, ${performance.now() >= at ? 'not early' : 'early'}`)
      if (texts.length === limits.length) onAll(texts)
    }
    return { at, limitMs, onLate }
  })
  for (const wait of waits) deadlines.add(wait)
  return { waits, ended }
}

describe('deadlines', () => {
  it('end each wait when its time is over, in whatever order they were added', async () => {
    const { ended } = waitsOf(new Deadlines(), [30, 10, 20])
    // They keep no process alive by themselves.
    const alive = setInterval(() => undefined, 1000)
    expect(await ended).to.deep.equal(
      [10, 20, 30].map((limitMs) => `TimeoutError took longer than ${limitMs} ms, not early`),
    )
    clearInterval(alive)
  })

  it('leave alone what is over before, and tell whether it was', async () => {
    const deadlines = new Deadlines()
    const removed = waitsOf(deadlines, [5])
    const [wait] = removed.waits
    expect(wait && [deadlines.remove(wait), deadlines.remove(wait)]).to.deep.equal([true, false])
    const { waits, ended } = waitsOf(deadlines, [15])
    const alive = setInterval(() => undefined, 1000)
    const first = await Promise.race([ended, removed.ended.then(() => 'the removed one')])
    clearInterval(alive)
    expect(first).to.have.length(1)
    expect(waits[0] && deadlines.remove(waits[0])).to.equal(false)
  })
})
