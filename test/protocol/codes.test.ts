import { expect } from 'chai'
import { allowsCode, friendCodes, giftCodes, groupCodes, messageCodes, plainCodes } from '../../core/protocol/codes.ts'
import { edges } from '../types/codes.types.ts'

const kinds = {
  plain: plainCodes,
  group: groupCodes,
  message: messageCodes,
  gift: giftCodes,
  friend: friendCodes,
}

describe('the codes of a rejection', () => {
  for (const [name, codes] of Object.entries(kinds)) {
    const { allowed, refused } = edges[name as keyof typeof edges]

    it(`of the ${name} kind are those that the compiler allows`, () => {
      expect(allowed.filter((code) => !allowsCode(codes, code))).to.deep.equal([])
      expect(refused.filter((code) => allowsCode(codes, code))).to.deep.equal([])
    })

    it(`of the ${name} kind have both ends of every range among what the compiler is asked`, () => {
      expect(allowed).to.include.members(codes.ranges.flat())
      expect(refused).to.include.members(codes.ranges.flatMap(([from, to]) => [from - 1, to + 1]))
    })

    it(`of the ${name} kind hold the code of a rejection that names none`, () => {
      expect(allowsCode(codes, codes.default)).to.equal(true)
    })
  }
})
