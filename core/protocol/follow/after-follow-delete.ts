import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { List } from '../shape.ts'
import { Account } from '../wire.ts'

const request = body('Follow.CallbackAfterFollowDelete', ['From_Account'], {
  From_Account: Account('Who followed'),
  To_Account: List('Whom', Account('User id')),
  EventTime,
})

export interface AfterFollowDelete extends Type.Static<typeof request> {}

/**
 * A user no longer follows others (intl 70356, 647/74357). They are plain ids in `To_Account`, not objects as when
 * following.
 */
export const afterFollowDelete = after<AfterFollowDelete>({
  request,
  title: { en: 'Users unfollowed', zh: '取关之后' },
  docs: { intl: 70356 },
  order: byAccount(),
  sample: {
    CallbackCommand: 'Follow.CallbackAfterFollowDelete',
    From_Account: 'jared',
    To_Account: ['jonh', 'joe'],
    EventTime: 1670574414123,
  },
})
