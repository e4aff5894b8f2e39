import { afterC2CMsgExtension } from './after-c2c-msg-extension.ts'
import { afterModifyMsg } from './after-modify-msg.ts'
import { afterMsgReport } from './after-msg-report.ts'
import { afterMsgWithDraw } from './after-msg-with-draw.ts'
import { afterSendMsg } from './after-send-msg.ts'
import { beforeSendMsg } from './before-send-msg.ts'

export const c2c = [
  afterC2CMsgExtension,
  afterModifyMsg,
  afterMsgReport,
  afterMsgWithDraw,
  afterSendMsg,
  beforeSendMsg,
] as const
