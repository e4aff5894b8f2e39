import { expect } from 'chai'
import { setImmediate as turn } from 'node:timers/promises'
import { ManualClock } from '../../core/lib/clock.ts'

const settle = (): Promise<void> => turn()

describe('a clock that is advanced by hand', () => {
  it('fires what is due in the order of its time, each at its own time', async () => {
    const clock = new ManualClock(1000)
    const fired: [string, number][] = []
    clock.setTimeout(() => fired.push(['second', clock.now()]), 200)
    clock.setTimeout(() => fired.push(['first', clock.now()]), 100)
    clock.setTimeout(() => fired.push(['later', clock.now()]), 301)
    await clock.advance(300, settle)
    expect(fired).to.deep.equal([
      ['first', 1100],
      ['second', 1200],
    ])
    expect([clock.now(), clock.monotonic()]).to.deep.equal([1300, 300])
  })

  it('fires the timers that a timer sets, if they are due too', async () => {
    const clock = new ManualClock(0)
    const fired: number[] = []
    const again = (): void => {
      fired.push(clock.now())
      void turn().then(() => clock.setTimeout(again, 10))
    }
    clock.setTimeout(again, 10)
    await clock.advance(35, async () => {
      await turn()
      await turn()
    })
    expect(fired).to.deep.equal([10, 20, 30])
  })

  it('does not fire a timer that was cleared', async () => {
    const clock = new ManualClock(0)
    let fired = false
    clock.clearTimeout(clock.setTimeout(() => (fired = true), 10))
    await clock.advance(20, settle)
    expect(fired).to.equal(false)
  })
})
