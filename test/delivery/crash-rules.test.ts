import { expect } from 'chai'
import { type Call, type CrashRecord, nowMicros, type Suspect, suspectsIn } from '../harness/crash/record.ts'
import { brokenBy, findingsOf } from '../harness/crash/rules.ts'

const LIFE = '7.1000'

function call(n: number, from: number): Call {
  return { n, id: `id ${n}`, attempt: 1, life: LIFE, from, to: from + 1, as: 'ok' }
}

function said(id: string, plugin: string, at: number): Suspect {
  return { plugin, id, at, until: at + 1000 }
}

/** Callbacks 1 and 2 of a group, the second handled first. */
function turned(suspects: readonly Suspect[]): CrashRecord {
  return {
    sent: [1, 2].map((n) => ({ n, group: 'one', at: 1 })),
    lives: [{ pid: 7, signal: 'SIGTERM', at: 9000 }],
    suspects,
    calls: new Map([['slow', [call(2, 2000), call(1, 3000)]]]),
    deadLetters: new Set(),
  }
}

describe('what a record of killed servers is held against', () => {
  it('allows a callback behind later ones of its group where a server said before that it waits', () => {
    const findings = findingsOf(turned([said('id 1', 'slow', 1500)]))
    expect(brokenBy(findings)).to.deep.equal({})
    expect(findings).to.include({ released: 1 })
  })

  const others: Record<string, Suspect[]> = {
    'nobody said so': [],
    'it was said later': [said('id 1', 'slow', 3500)],
    'it was said of another plugin': [said('id 1', 'fast', 1500)],
    'it was said of another callback': [said('id 2', 'slow', 1500)],
  }
  for (const [why, suspects] of Object.entries(others)) {
    it(`does not allow that where ${why}`, () => {
      expect(findingsOf(turned(suspects))).to.include({ released: 0, disordered: 1 })
    })
  }

  it('reads from the servers’ log what waits, on the clock of the handlers', () => {
    const before = nowMicros()
    const time = new Date().toISOString()
    const about = { time, id: 'id 1', plugin: 'slow', msg: 'it waits' }
    const [suspect, ...more] = suspectsIn([
      { ...about, crashes: 3, retryMs: 300_000 },
      { ...about, msg: 'dead letter' },
    ])
    expect(more).to.deep.equal([])
    expect(suspect).to.include({ plugin: 'slow', id: 'id 1' })
    // A line tells milliseconds.
    expect(suspect?.at).to.be.within(before - 2000, nowMicros() + 2000)
    expect(suspect).to.include({ until: (suspect?.at ?? 0) + 300_000_000 })
  })
})
