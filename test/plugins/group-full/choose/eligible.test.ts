import { expect } from 'chai'
import { judge, type Facts } from '../../../../plugins/group-full/choose/eligible.ts'
import { byInactivity } from '../../../../plugins/group-full/choose/order.ts'
import { matcher } from '../../../../core/plugin.ts'

const NOW = 1_700_000_000
const DAY = 86_400
const facts: Facts = {
  now: NOW,
  owner: 'owner',
  administrators: new Set(['administrator']),
  isProtected: (account) => account === 'paying',
  protectedByData: [],
  minMembershipDays: 14,
  minInactivityDays: 30,
  knowsActivity: true,
  skipOnline: false,
  respectReaders: undefined,
  nextMsgSeq: 101,
  wasReadmitted: (account) => account === 'back-again',
}
const silent = { Member_Account: 'a', Role: 'Member', JoinTime: NOW - 400 * DAY, LastSendMsgTime: NOW - 300 * DAY }

function ruleOf(fields: object, more: Partial<Facts> = {}): string {
  const judged = judge({ ...silent, ...fields } as never, { ...facts, ...more })
  return typeof judged === 'string' ? judged : 'candidate'
}

describe('group-full: who may be removed', () => {
  for (const [what, fields, expected] of [
    ['a member silent for long', {}, 'candidate'],
    ['an owner', { Role: 'Owner' }, 'role'],
    ['an admin', { Role: 'Admin' }, 'role'],
    ['a role that differs in case', { Role: 'member' }, 'role'],
    ['a role with a space', { Role: 'Admin ' }, 'role'],
    ['no role', { Role: undefined }, 'role'],
    ['the account that the group says is its owner', { Member_Account: 'owner' }, 'owner'],
    ['the administrator', { Member_Account: 'administrator' }, 'administrator'],
    ['a protected account', { Member_Account: 'paying' }, 'protected'],
    ['no account', { Member_Account: undefined }, 'unreadable'],
    ['an empty account', { Member_Account: '' }, 'unreadable'],
    ['an account that is a number', { Member_Account: 5 }, 'unreadable'],
    ['somebody back again', { Member_Account: 'back-again' }, 'readmitted'],
    ['who joined 14 days ago', { JoinTime: NOW - 14 * DAY, LastSendMsgTime: 0 }, 'active'],
    ['who joined a second less than 14 days ago', { JoinTime: NOW - 14 * DAY + 1 }, 'newcomer'],
    ['who joined in the future', { JoinTime: NOW + 1 }, 'newcomer'],
    ['a JoinTime of 0', { JoinTime: 0 }, 'newcomer'],
    ['no JoinTime', { JoinTime: undefined }, 'newcomer'],
    ['a JoinTime that is text', { JoinTime: '5' }, 'newcomer'],
    ['a fraction as JoinTime', { JoinTime: 5.5 }, 'newcomer'],
    ['who never sent, and joined long ago', { LastSendMsgTime: 0 }, 'candidate'],
    ['who never sent, and joined 29 days ago', { LastSendMsgTime: 0, JoinTime: NOW - 29 * DAY }, 'active'],
    ['no LastSendMsgTime', { LastSendMsgTime: undefined }, 'activity-unknown'],
    ['a negative LastSendMsgTime', { LastSendMsgTime: -1 }, 'activity-unknown'],
    ['a LastSendMsgTime that is text', { LastSendMsgTime: '5' }, 'activity-unknown'],
    ['a LastSendMsgTime in the future', { LastSendMsgTime: NOW + 1 }, 'activity-unknown'],
    ['a LastSendMsgTime in milliseconds', { LastSendMsgTime: (NOW - 300 * DAY) * 1000 }, 'activity-unknown'],
    ['a last message 30 days ago', { LastSendMsgTime: NOW - 30 * DAY }, 'candidate'],
    ['a last message a second less than 30 days ago', { LastSendMsgTime: NOW - 30 * DAY + 1 }, 'active'],
  ] as const) {
    it(`${what}: ${expected}`, () => {
      expect(ruleOf(fields)).to.equal(expected)
    })
  }

  it('who joined this very second is a newcomer, even where nobody has to be a member for long', () => {
    expect(ruleOf({ JoinTime: NOW }, { minMembershipDays: 0 })).to.equal('newcomer')
  })

  it('a group that does not tell of messages has nobody', () => {
    expect(ruleOf({}, { knowsActivity: false })).to.equal('activity-unknown')
  })

  it('data of the member protects, and so does not knowing it', () => {
    const keyed = { protectedByData: ['paid'] }
    expect(ruleOf({ AppMemberDefinedData: [{ Key: 'paid', Value: 'until 2030' }] }, keyed)).to.equal('protected')
    expect(ruleOf({ AppMemberDefinedData: [{ Key: 'paid', Value: '' }] }, keyed)).to.equal('candidate')
    expect(ruleOf({ AppMemberDefinedData: [{ Key: 'other', Value: 'x' }] }, keyed)).to.equal('candidate')
    expect(ruleOf({}, keyed)).to.equal('protected')
  })

  it('who reads along is left alone where that is asked for, and so is who may', () => {
    const asked = { respectReaders: 10 }
    expect(ruleOf({ MsgSeq: 90 }, asked)).to.equal('reader')
    expect(ruleOf({ MsgSeq: 89 }, asked)).to.equal('candidate')
    expect(ruleOf({}, asked)).to.equal('reader')
    expect(ruleOf({ MsgSeq: 5 }, { ...asked, nextMsgSeq: undefined })).to.equal('reader')
    expect(ruleOf({ MsgSeq: 90 })).to.equal('candidate')
  })

  it('who is online in the list is left alone where that is asked for', () => {
    expect(ruleOf({ OnlineStatus: 'Online' }, { skipOnline: true })).to.equal('online')
    expect(ruleOf({ OnlineStatus: 'Online' })).to.equal('candidate')
  })
})

describe('group-full: who goes first', () => {
  it('the longest inactive, then who never sent, then who joined first, then by code units', () => {
    const member = (account: string, joinTime: number, lastSendMsgTime: number) =>
      ({ account, role: 'Member', joinTime, lastSendMsgTime }) as const
    const expected = [
      member('z', 100, 0),
      member('sent-at-200', 50, 200),
      member('never-300', 300, 0),
      member('joined-1', 1, 300),
      member('joined-2', 2, 300),
      member('B', 3, 300),
      member('a', 3, 300),
      member('ä', 3, 300),
      // The code units of this one are smaller than those of the next, its code point is larger.
      member('\u{1F600}', 3, 300),
      member('\uFF5E', 3, 300),
    ]
    expect(byInactivity(expected.toReversed())).to.deep.equal(expected)
  })
})

describe('group-full: patterns', () => {
  for (const [pattern, fits, fitsNot] of [
    ['vip-*', ['vip-', 'vip-1'], ['vip', 'x-vip-1']],
    ['*-bot', ['-bot', 'a-bot'], ['a-bot-1', 'bot']],
    ['a*b*c', ['abc', 'a-b-c', 'abbbc'], ['acb', 'ab', 'a-c']],
    ['*', ['', 'anything'], []],
    ['ab*ba', ['abba', 'abxba'], ['aba']],
    ['a.c', ['a.c'], ['abc', 'a.c.']],
  ] as const) {
    it(`${pattern} fits ${fits.join(', ')}`, () => {
      const matches = matcher([pattern])
      for (const text of fits) expect(matches(text), text).to.equal(true)
      for (const text of fitsNot) expect(matches(text), text).to.equal(false)
    })
  }

  it('no pattern fits nothing', () => {
    expect(matcher([])('')).to.equal(false)
  })
})
