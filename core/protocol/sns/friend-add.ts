import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { byAccount } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Account, Integer, Word } from '../wire.ts'
import { pair } from './fields.ts'

const added = Item('Pair', pair, { Initiator_Account: Account('Who asked') })

const request = body('Sns.CallbackFriendAdd', [], {
  PairList: List('Whose list, and who was added', added),
  ClientCmd: Word('What caused it', ['friend_add', 'FriendAdd', 'friend_response', 'FriendResponse']),
  Admin_Account: Account('The administrator behind it, or empty'),
  ForceFlag: Integer('1: forced by an administrator, else 0', { values: [0, 1] }),
})

export interface FriendAdd extends Type.Static<typeof request> {}

/** Friends were added, other than by the REST API that imports friends (intl 34359, cn 1657). */
export const friendAdd = after<FriendAdd>({
  request,
  title: { en: 'Friends added', zh: '添加好友之后' },
  docs: { intl: 34359, cn: 1657 },
  order: byAccount('PairList.0.From_Account'),
  sample: {
    CallbackCommand: 'Sns.CallbackFriendAdd',
    PairList: [
      { From_Account: 'jared', To_Account: 'jonh', Initiator_Account: 'jared' },
      { From_Account: 'jonh', To_Account: 'jared', Initiator_Account: 'jared' },
    ],
    ClientCmd: 'friend_add',
    Admin_Account: '',
    ForceFlag: 0,
  },
})
