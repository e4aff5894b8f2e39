import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { Integer, Text } from '../wire.ts'

const request = body('Alert.RequestOverLimit', [], {
  ServiceName: Text('Service behind the API, such as openim'),
  Command: Text('Command of the API, such as batchsendmsg'),
  Request: Integer('Calls per second that were seen'),
  Limit: Integer('Calls per second that are allowed'),
})

export interface RequestOverLimit extends Type.Static<typeof request> {}

/**
 * The app calls a REST API at more than 80% of its limit (intl 60256). It has no switch in the console: it comes as
 * soon as there is a callback URL.
 */
export const requestOverLimit = after<RequestOverLimit>({
  request,
  title: { en: 'REST API call-rate alarm', zh: '接口超频告警' },
  docs: { intl: 60256 },
  sample: {
    CallbackCommand: 'Alert.RequestOverLimit',
    ServiceName: 'openim',
    Command: 'batchsendmsg',
    Request: 165,
    Limit: 200,
  },
})
