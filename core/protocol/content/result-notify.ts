import type { Type } from '#typebox'
import { after, body } from '../define.ts'
import { CloudCustomData } from '../fields.ts'
import { List, OrText, Shape } from '../shape.ts'
import { Account, Integer, Text, Word } from '../wire.ts'

const request = body('ContentCallback.ResultNotify', [], {
  Scene: Word('What was judged', [
    'C2C',
    'C2CCustom',
    'Group',
    'GroupCustom',
    'GroupInfo',
    'GroupMemberInfo',
    'RelationChain',
    'UserInfo',
  ]),
  SdkAppId: Integer('The app'),
  From_Account: Account('Whose content it is'),
  ContactItem: Shape('Recipient of the message', {
    ContactType: Integer('1: one-to-one, 2: group', { values: [1, 2] }),
    To_Account: Account('Recipient, for ContactType 1'),
    ToGroupId: Text('Group, for ContactType 2'),
  }),
  ContentType: Word('Kind of content', ['Text', 'Image', 'Audio', 'Video']),
  TextContent: OrText(
    List('The texts, for ContentType Text; a string by intl 77840', Text('Text')),
    'array of strings or string',
  ),
  FileURL: Text('The file, for the other ContentTypes'),
  MsgID: Text('MsgKey of a one-to-one message, MsgSeq of a group message; absent if it was blocked before it got one'),
  CtxcbResult: Integer('0: passed, 1: blocked', { values: [0, 1] }),
  CtxcbRequestId: Text('Id of the judgement'),
  CtxcbKeywords: List('Keywords that were found', Text('Keyword')),
  CtxcbSuggestion: Word('What the moderation suggests', ['Block', 'Review', 'Normal']),
  CtxcbLabel: Word('Category of the violation', [
    'Normal',
    'Illegal',
    'Abuse',
    'Polity',
    'Ad',
    'Porn',
    'Sexy',
    'Terror',
    'Composite',
  ]),
  CtxcbSubLabel: Text('Subcategory of the violation'),
  CtxcbSubLabelDesc: Text('The same in words'),
  CtxcbLibName: Text('Library of the app that matched'),
  CloudCustomData,
})

export interface ResultNotify extends Type.Static<typeof request> {}

/**
 * Content moderation has judged; unless set otherwise, only violations are reported (intl 78240, cn 95616; a shorter
 * body as intl 77840). The body has no command, and spells the app's id `SdkAppId`.
 */
export const resultNotify = after<ResultNotify>({
  request,
  title: { en: 'Content moderation result', zh: '审核结果' },
  docs: { intl: 78240, cn: 95616 },
  sample: {
    Scene: 'C2C',
    SdkAppId: 1400000000,
    From_Account: 'jared',
    ContactItem: { ContactType: 1, To_Account: 'jonh' },
    ContentType: 'Text',
    TextContent: ['red packet'],
    MsgID: '48374_2837546_1557481126',
    CtxcbResult: 1,
    CtxcbRequestId: 'a1b2c3d4-0000-4000-8000-1234567890ab',
    CtxcbKeywords: ['red packet'],
    CtxcbSuggestion: 'Block',
    CtxcbLabel: 'Ad',
    CtxcbSubLabel: '',
    CtxcbSubLabelDesc: '',
    CtxcbLibName: '',
    CloudCustomData: '',
  },
})
