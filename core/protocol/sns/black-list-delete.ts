import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { byAccount } from '../order-key.ts'
import { Pairs } from './fields.ts'

const request = body('Sns.CallbackBlackListDelete', [], {
  PairList: Pairs('Whose list, and who was taken off'),
})

export interface BlackListDelete extends Type.Static<typeof request> {}

/** Users were taken off a blocklist (intl 34362, cn 1661). */
export const blackListDelete = after<BlackListDelete>({
  request,
  title: { en: 'Users removed from blocklist', zh: '删除黑名单之后' },
  docs: { intl: 34362, cn: 1661 },
  order: byAccount('PairList.0.From_Account'),
  sample: {
    CallbackCommand: 'Sns.CallbackBlackListDelete',
    PairList: [
      { From_Account: 'jared', To_Account: 'jonh' },
      { From_Account: 'jared', To_Account: 'joe' },
    ],
  },
})
