import { Type } from '#typebox'
import { after, body } from '../define.ts'
import { EventTime } from '../fields.ts'
import { byAccount } from '../order-key.ts'
import { Item, List } from '../shape.ts'
import { Account, Text, Word } from '../wire.ts'

const request = body('State.StateChange', ['Info'], {
  EventTime,
  Info: Type.Object(
    {
      Action: Type.Optional(Word('What the user did', ['Login', 'Logout', 'Disconnect', 'CustomStatusChange'])),
      To_Account: Account('The user'),
      Reason: Type.Optional(
        Word('Why; TimeOut means 400 seconds without a heartbeat', [
          'Register',
          'Unregister',
          'LinkClose',
          'TimeOut',
          'SetCustomStatus',
        ]),
      ),
      CustomStatus: Type.Optional(Text('New status, for CustomStatusChange')),
    },
    { description: 'What happened' },
  ),
  KickedDevice: List(
    'Devices that this login put offline',
    Item('Device', {
      Platform: Word('Platform', ['iOS', 'Android', 'Web', 'Windows', 'iPad', 'Mac', 'Linux']),
    }),
  ),
})

export interface StateChange extends Type.Static<typeof request> {}

/**
 * A user logged in or out, lost the connection, or set a status (intl 34357, cn 2570). Here the query's OptPlatform
 * writes `IOS`. Bodies before August 2021 have neither EventTime nor KickedDevice, and call a lost connection Logout.
 */
export const stateChange = after<StateChange>({
  request,
  title: { en: 'User online state changed', zh: '状态变更' },
  docs: { intl: 34357, cn: 2570 },
  order: byAccount('Info.To_Account'),
  sample: {
    CallbackCommand: 'State.StateChange',
    EventTime: 1629883332497,
    Info: { Action: 'Login', To_Account: 'jared', Reason: 'Register' },
    KickedDevice: [{ Platform: 'Windows' }, { Platform: 'Android' }],
  },
})
