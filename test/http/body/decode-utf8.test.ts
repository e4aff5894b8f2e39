import buffer from 'node:buffer'
import { syncBuiltinESMExports } from 'node:module'
import { expect } from 'chai'
import * as fc from 'fast-check'
import { textOf } from '../../../core/http/body/decode-utf8.ts'

const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('é', '值', '😀', 'a', '\ufeff', '\0'))
/** Short ones and long ones: of pieces that are UTF-8, and of such that are not. */
const bytes = fc
  .tuple(
    fc.array(fc.oneof({ weight: 9, arbitrary: texts.map((text) => Buffer.from(text)) }, fc.uint8Array())),
    fc.integer({ min: 1, max: 60 }),
  )
  .map(([pieces, times]) => Buffer.concat(Array.from({ length: times }, () => pieces).flat()))

describe('bytes as text', () => {
  it('are what the standard makes of them, however many, and whether UTF-8 or not', () => {
    let long = 0
    fc.assert(
      fc.property(bytes, (some) => {
        if (some.length > 400) long++
        expect(textOf(some)).to.equal(new TextDecoder().decode(some))
      }),
      { numRuns: 500 },
    )
    expect(long).to.be.greaterThan(50)
  })

  it('are replaced where they are cut off in the middle of a character', () => {
    for (const length of [1, 1000]) {
      const whole = Buffer.from('值'.repeat(length))
      expect(textOf(whole.subarray(0, -1))).to.equal(`${'值'.repeat(length - 1)}\ufffd`)
    }
  })

  it('are read by a Node without ICU too', () => {
    const { transcode } = buffer
    const replace = (value: unknown): void => {
      Object.assign(buffer, { transcode: value })
      syncBuiltinESMExports()
    }
    replace(undefined)
    try {
      expect(textOf(Buffer.from('值'.repeat(1000)))).to.equal('值'.repeat(1000))
    } finally {
      replace(transcode)
    }
  })

  it('leave out one mark of the byte order, at the beginning alone', () => {
    for (const rest of ['g', '值'.repeat(1000)]) {
      expect(textOf(Buffer.from(`\ufeff${rest}`))).to.equal(rest)
      expect(textOf(Buffer.from(`\ufeff\ufeff${rest}\ufeff`))).to.equal(`\ufeff${rest}\ufeff`)
    }
  })
})
