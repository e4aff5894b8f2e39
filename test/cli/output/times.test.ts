import { expect } from 'chai'
import { localTime, parseTime } from '../../../core/cli/output/times.ts'

describe('times on the command line', () => {
  const now = Date.parse('2026-03-01T12:00:00Z')

  it('are how long ago', () => {
    const ago = ['30s', '10m', '2h', '3d'].map((text) => now - (parseTime(text, now) ?? 0))
    expect(ago).to.deep.equal([30_000, 600_000, 7_200_000, 259_200_000])
  })

  it('are ISO times, local unless they name a zone', () => {
    expect(parseTime('2026-01-31T08:00:00.123Z', now)).to.equal(Date.UTC(2026, 0, 31, 8, 0, 0, 123))
    expect(parseTime('2026-01-31T08:00+08:00', now)).to.equal(Date.UTC(2026, 0, 31))
    for (const text of ['2026-01-31', '2026-01-31T00:00', '2026-01-31 00:00:00']) {
      expect(parseTime(text, now), text).to.equal(new Date(2026, 0, 31).getTime())
    }
  })

  it('are nothing else', () => {
    for (const text of ['', '10', '10x', '-1h', 'yesterday', '2026', '2026-13-01', '01/31/2026', '1.5h']) {
      expect(parseTime(text, now), text).to.equal(undefined)
    }
  })

  it('are read again as they are printed', () => {
    expect(localTime(now)).to.match(/^2026-03-01 \d\d:\d\d:00\.000[+-]\d\d:\d\d$/)
    const { TZ } = process.env
    for (const [zone, text] of [
      ['Asia/Shanghai', '2026-03-01 20:00:00.000+08:00'],
      ['America/St_Johns', '2026-03-01 08:30:00.000-03:30'],
      ['UTC', '2026-03-01 12:00:00.000+00:00'],
    ] as const) {
      process.env['TZ'] = zone
      expect(localTime(now)).to.equal(text)
    }
    if (TZ === undefined) delete process.env['TZ']
    else process.env['TZ'] = TZ
    for (const at of [now, now + 123, Date.UTC(2026, 6, 1)]) expect(parseTime(localTime(at), 0)).to.equal(at)
  })
})
