import { expect } from 'chai'
import { checkValue } from '../../../config/check/check.ts'
import { Duration, Size } from '../../../core/lib/units.ts'

const duration = (value: unknown) => checkValue(Duration({ description: '' }), value)
const size = (value: unknown) => checkValue(Size({ description: '' }), value)

describe('config: durations and sizes', () => {
  it('reads durations as milliseconds', () => {
    const cases: [unknown, number][] = [
      [1500, 1500],
      [0, 0],
      ['500ms', 500],
      ['60s', 60_000],
      ['10m', 600_000],
      ['2h', 7_200_000],
      ['7d', 604_800_000],
    ]
    for (const [text, ms] of cases) expect(duration(text)).to.deep.equal({ value: ms, faults: [] })
  })

  it('reads sizes as bytes, 1024 to a kb, in any case and with decimals', () => {
    const cases: [unknown, number][] = [
      [10, 10],
      ['512b', 512],
      ['1kb', 1024],
      ['1MB', 1048576],
      ['1.5mb', 1572864],
      ['4Gb', 4294967296],
      ['0.3b', 1],
    ]
    for (const [text, bytes] of cases) expect(size(text)).to.deep.equal({ value: bytes, faults: [] })
  })

  it('refuses anything else in plain words', () => {
    for (const bad of ['60', '1.5s', 's', '-1s', '1 s', '1S', '', -1, 1.5, true, null, {}, Number.NaN]) {
      expect(duration(bad).faults[0]?.message, JSON.stringify(bad)).to.include(
        'expected a duration such as 500ms, 60s or 10m',
      )
    }
    for (const bad of ['10', '1tb', '.5mb', '1.mb', -1, false, [], Number.POSITIVE_INFINITY]) {
      expect(size(bad).faults[0]?.message, JSON.stringify(bad)).to.include(
        'expected a size such as 512kb, 1mb or 1.5gb',
      )
    }
  })

  it('refuses zero where that makes no sense, and what is out of range', () => {
    const window = Duration({ description: '', positive: true })
    for (const bad of [0, '0s', '000ms']) expect(checkValue(window, bad).faults, JSON.stringify(bad)).to.have.length(1)
    for (const good of [1, '1s', '10s', '010s'])
      expect(checkValue(window, good).faults, JSON.stringify(good)).to.have.length(0)
    const minute = Duration({ description: '', min: 1000, max: 60_000 })
    for (const bad of [999, '999ms', 60_001, '61s', '2d']) expect(checkValue(minute, bad).faults).to.have.length(1)
    for (const [good, ms] of [
      [1000, 1000],
      ['1s', 1000],
      ['1m', 60_000],
    ] as const)
      expect(checkValue(minute, good)).to.deep.equal({ value: ms, faults: [] })
    expect(checkValue(Size({ description: '', positive: true }), '0.0mb').faults).to.have.length(1)
    expect(checkValue(Size({ description: '', positive: true }), '0.5mb').value).to.equal(524288)
  })
})
