import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { CloudCustomData, EventTime } from '../fields.ts'
import { MsgBody } from '../msg-body.ts'
import { byGroup } from '../order-key.ts'
import { Bool, Integer, Text, Word } from '../wire.ts'

const request = body('Desk.SessionEventNotify', ['SessionId'], {
  SessionId: Text('Session of the desk'),
  Event: Word('What happened', ['SessionBegin', 'ChatBot.UserSendMsg', 'ChatBot.RobotSendMsg']),
  EventTime,
  ChannelType: Text('Where the user writes, such as SDK'),
  ClientUserId: Text('The user'),
  CustomerServiceId: Text('Account of the desk that the user writes to'),
  AgentId: Text('The human agent; empty while there is none'),
  MsgKey: Text('Id of the message, if the event is a message'),
  MsgBody,
  CloudCustomData,
  IsContactUser: Bool('Whether the user has a contact'),
  SatisfactionSelected: Integer('How satisfied the user is, 1 to 5', { values: [1, 2, 3, 4, 5] }),
  ForwardFromAgentId: Text('The agent who handed the session over'),
})

export interface SessionEventNotify extends Type.Static<typeof request> {}

/**
 * Something happened in a session with the customer-service desk, be it with its bot or with an agent: messages, the
 * session's beginning and end, handovers (cn 111212, intl 1229/68989). The Chinese page has a `RequestID` in the URL,
 * the same for all tries to send one event.
 */
export const sessionEventNotify = after<SessionEventNotify>({
  request,
  title: { en: 'Desk session event', zh: '会话事件' },
  docs: { cn: 111212, other: '1229/68989' },
  order: byGroup('SessionId'),
  sample: {
    CallbackCommand: 'Desk.SessionEventNotify',
    SessionId: 'timhook-sample-session',
    Event: 'ChatBot.UserSendMsg',
    EventTime: 1725540020017,
    ChannelType: 'SDK',
    ClientUserId: 'jared',
    CustomerServiceId: '@customer_service_account',
    AgentId: 'agent@example.com',
    MsgKey: '152_2837546_1725540020',
    MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text: 'How do I get a refund?' } }],
    CloudCustomData: 'your cloud custom data',
    IsContactUser: false,
    SatisfactionSelected: 5,
    ForwardFromAgentId: '',
  },
})
