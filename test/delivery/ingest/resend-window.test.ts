import { hash } from 'node:crypto'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { ResendWindow } from '../../../core/delivery/ingest/resend-window.ts'
import { newId } from '../../../core/lib/id.ts'

const identity = (key: number | string): string => hash('sha256', String(key), 'base64')

describe('what is remembered for a while', () => {
  it('is found for as long as the window is, and again where it is added anew', () => {
    const steps = fc.array(fc.record({ add: fc.boolean(), key: fc.nat({ max: 3 }), passMs: fc.nat({ max: 6 }) }), {
      maxLength: 60,
    })
    fc.assert(
      fc.property(steps, (list) => {
        let now = 0
        const recent = new ResendWindow(10)
        const known = new Map<number, { at: number; id: string; entry: number }>()
        for (const { add, key, passMs } of list) {
          now += passMs
          const one = known.get(key)
          if (add) {
            const id = newId()
            known.set(key, { at: now, id, entry: recent.add(identity(key), id, now) })
          } else if (passMs === 0 && one) {
            recent.delete(one.entry)
            known.delete(key)
          }
          for (const other of [0, 1, 2, 3]) {
            const expected = known.get(other)
            const isThere = expected !== undefined && expected.at > now - 10
            const entry = recent.find(identity(other), now)
            expect(entry).to.equal(isThere ? expected.entry : undefined)
            if (entry !== undefined) expect(recent.idOf(entry)).to.equal(expected?.id)
          }
        }
      }),
      { numRuns: 150 },
    )
  })

  it('distinguishes fingerprints by every bit that it stores', () => {
    const recent = new ResendWindow(10)
    const own = 'AAAAAAAAAAAAAAAAAAAAAA'
    const others = Array.from({ length: 20 }, (_, at) => `${own.slice(0, at)}B${own.slice(at + 1)}`)
    for (const one of [own, ...others]) recent.add(one, newId(), 1)
    expect([own, ...others].map((one) => recent.find(one, 1))).to.deep.equal(
      Array.from({ length: 21 }, (_, n) => n + 1),
    )
    // Stored are 22 characters of the 44.
    expect(recent.find(own.padEnd(44, 'C'), 1)).to.equal(1)
  })

  it('holds a million, and then forgets the oldest first', () => {
    let now = 1
    const recent = new ResendWindow(1000)
    const last = 1_200_000
    const nth = (n: number): string => n.toString(36).padStart(5, 'A').padEnd(22, 'A')
    for (let n = 1; n <= last; n++) recent.add(nth(n), '0'.repeat(22), now)
    const entryOf = (n: number): number | undefined => recent.find(nth(n), now)
    expect([last, last - 500_000, last - 1_000_000].map(entryOf)).to.deep.equal([
      last,
      last - 500_000,
      last - 1_000_000,
    ])
    expect([1, last - 1_050_000].map(entryOf)).to.deep.equal([undefined, undefined])
    now = 1001
    expect(entryOf(last)).to.equal(undefined)
  })

  it('counts how often each came again, and under which number it is stored, until it is forgotten', () => {
    const recent = new ResendWindow(10)
    const [first, second] = ['first', 'second'].map((key) => recent.add(identity(key), newId(), 1)) as [number, number]
    recent.setSeq(first, 2 ** 40)
    expect([recent.countResend(first), recent.countResend(first, 2)]).to.deep.equal([1, 3])
    expect([first, second].map((entry) => recent.resendsOf(entry))).to.deep.equal([3, 0])
    expect([first, second].map((entry) => recent.seqOf(entry))).to.deep.equal([2 ** 40, 0])
    recent.add(identity('third'), newId(), 20)
    recent.setSeq(first, 7)
    expect([recent.resendsOf(first), recent.seqOf(first)]).to.deep.equal([0, 0])
  })

  it('starts to count anew with a second one of the same identity', () => {
    const recent = new ResendWindow(10)
    const first = recent.add(identity('x'), newId(), 1)
    recent.countResend(first)
    const again = recent.add(identity('x'), newId(), 2)
    expect(recent.find(identity('x'), 2)).to.equal(again)
    expect(recent.resendsOf(again)).to.equal(0)
  })

  it('says once that it is full, when it forgets one before its time', () => {
    const full: number[] = []
    const window = new ResendWindow(600_000, (entries) => full.push(entries))
    const count = 2 ** 20 + 100
    for (let n = 0; n < count; n++) window.add(identity(n), newId(), 1)
    expect(full).to.have.length(1)
    expect(full[0]).to.be.below(count)
  })
})
