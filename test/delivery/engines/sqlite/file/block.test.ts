import { expect } from 'chai'
import {
  array,
  assert,
  boolean,
  constant,
  constantFrom,
  integer,
  oneof,
  option,
  property,
  record,
  sample,
  string,
  subarray,
  type Arbitrary,
} from 'fast-check'
import { type New, Packer, packed, unpack } from '../../../../../core/delivery/engines/sqlite/blocks/block.ts'
import { countIn } from '../../../../../core/delivery/engines/sqlite/blocks/read-block.ts'
import { SHORT_LENGTH } from '../../../../../core/delivery/ingest/fingerprint.ts'
import { ID_LENGTH } from '../../../../../core/lib/id.ts'

const digits = (length: number): Arbitrary<string> =>
  string({ unit: constantFrom('0', '9', 'a', 'Z', '+', '/'), minLength: length, maxLength: length })

const text = string({ unit: 'grapheme', maxLength: 40 })

const callback: Arbitrary<New> = record({
  plugins: subarray(['a', 'plugin "b"', 'ç']).map((ids) => JSON.stringify(ids)),
  id: digits(ID_LENGTH),
  identity: digits(SHORT_LENGTH),
  sdkAppId: integer({ min: 1, max: 2 ** 40 }),
  command: oneof(constant('Group.CallbackAfterGroupFull'), string({ unit: 'binary' })),
  receivedAt: integer({ min: 0, max: 2 ** 50 }),
  signed: boolean(),
  maybeResend: boolean(),
  key: option(text, { nil: undefined }),
  query: text,
  raw: text,
})

function pack(some: readonly New[]): ReturnType<Packer['take']> {
  const packer = new Packer()
  for (const one of some) packer.add(one)
  return packer.take()
}

describe('a block', () => {
  it('gives back what was put in, whatever it is, numbered from its first number on', () => {
    assert(
      property(array(callback), integer({ min: 1, max: 2 ** 50 }), (some, first) => {
        const block = pack(some)
        const expected = some.map((one, index) => {
          return { ...one, seq: first + index, plugins: JSON.parse(one.plugins) as string[] }
        })
        expect(unpack(first, block)).to.deep.equal(expected)
        expect(block.count).to.equal(some.length)
      }),
    )
  })

  it('counts the callbacks of a plugin', () => {
    assert(
      property(array(callback), (some) => {
        const of = (plugin: string): number =>
          some.filter(({ plugins }) => plugins.includes(JSON.stringify(plugin))).length
        const { sets } = pack(some)
        for (const plugin of ['a', 'ç', 'none']) expect(countIn(sets, plugin)).to.equal(of(plugin))
      }),
    )
  })

  it('has the time and id of its last callback', () => {
    const [one, other] = sample(callback, 2) as [New, New]
    expect(pack([one, other])).to.include({ receivedAt: other.receivedAt, id: other.id })
  })

  it('can be made of one of another', () => {
    assert(
      property(array(callback, { minLength: 1 }), (some) => {
        for (const one of unpack(7, pack(some))) {
          const alone = packed({ ...one, plugins: JSON.stringify(one.plugins) })
          expect(unpack(one.seq, alone)).to.deep.equal([one])
        }
      }),
    )
  })

  it('is full with 128 callbacks, or with some large ones, and then begins anew', () => {
    const [small] = sample(callback, 1) as [New]
    const packer = new Packer()
    let count = 0
    for (; !packer.isFull; count++) packer.add({ ...small, key: undefined, query: '', raw: '{}' })
    expect(count).to.equal(128)
    expect(packer.take().count).to.equal(128)
    expect(packer.isFull).to.equal(false)
    for (count = 0; !packer.isFull; count++)
      packer.add({ ...small, key: undefined, query: '', raw: 'x'.repeat(20_000) })
    expect(count).to.equal(3)
  })
})
