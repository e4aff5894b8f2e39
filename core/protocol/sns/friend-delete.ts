import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { byAccount } from '../order-key.ts'
import { Pairs } from './fields.ts'

const request = body('Sns.CallbackFriendDelete', [], {
  PairList: Pairs('Whose list, and who was deleted'),
})

export interface FriendDelete extends Type.Static<typeof request> {}

/** Friends were deleted by a client or the REST API (intl 34360, cn 1659). */
export const friendDelete = after<FriendDelete>({
  request,
  title: { en: 'Friends deleted', zh: '删除好友之后' },
  docs: { intl: 34360, cn: 1659 },
  order: byAccount('PairList.0.From_Account'),
  sample: {
    CallbackCommand: 'Sns.CallbackFriendDelete',
    PairList: [
      { From_Account: 'jared', To_Account: 'jonh' },
      { From_Account: 'jonh', To_Account: 'jared' },
    ],
  },
})
