import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Account } from '../wire.ts'

const request = body('Follow.CallbackAfterFollowAdd', ['From_Account'], {
  From_Account: Account('Who follows'),
  FollowList: List('Whom', Item('User', { To_Account: Account('User id') })),
  EventTime,
})

export interface AfterFollowAdd extends Type.Static<typeof request> {}

/** A user follows others, by a client or the REST API (intl 70355, 647/74356). */
export const afterFollowAdd = after<AfterFollowAdd>({
  request,
  title: { en: 'Users followed', zh: '关注之后' },
  docs: { intl: 70355 },
  order: byAccount(),
  sample: {
    CallbackCommand: 'Follow.CallbackAfterFollowAdd',
    From_Account: 'jared',
    FollowList: [{ To_Account: 'jonh' }],
    EventTime: 1670574414123,
  },
})
