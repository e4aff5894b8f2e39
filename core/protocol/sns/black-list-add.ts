import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { byAccount } from '../order-key.ts'
import { Pairs } from './fields.ts'

const request = body('Sns.CallbackBlackListAdd', [], {
  PairList: Pairs('Whose list, and who was put on it'),
})

export interface BlackListAdd extends Type.Static<typeof request> {}

/** Users were put on a blocklist (intl 34361, cn 1660). */
export const blackListAdd = after<BlackListAdd>({
  request,
  title: { en: 'Users blocklisted', zh: '添加黑名单之后' },
  docs: { intl: 34361, cn: 1660 },
  order: byAccount('PairList.0.From_Account'),
  sample: {
    CallbackCommand: 'Sns.CallbackBlackListAdd',
    PairList: [
      { From_Account: 'jared', To_Account: 'jonh' },
      { From_Account: 'jared', To_Account: 'joe' },
    ],
  },
})
