import { afterChangeGroupOwner } from './after-change-group-owner.ts'
import { afterCreateGroup } from './after-create-group.ts'
import { afterGroupAttrChanged } from './after-group-attr-changed.ts'
import { afterGroupDestroyed } from './after-group-destroyed.ts'
import { afterGroupFull } from './after-group-full.ts'
import { afterGroupInfoChanged } from './after-group-info-changed.ts'
import { afterGroupMsgExtension } from './after-group-msg-extension.ts'
import { afterMemberExit } from './after-member-exit.ts'
import { afterMemberFieldChanged } from './after-member-field-changed.ts'
import { afterNewMemberJoin } from './after-new-member-join.ts'
import { afterReadReceipt } from './after-read-receipt.ts'
import { afterRecallMsg } from './after-recall-msg.ts'
import { afterSendMsg } from './after-send-msg.ts'
import { beforeApplyJoinGroup } from './before-apply-join-group.ts'
import { beforeCreateGroup } from './before-create-group.ts'
import { beforeInviteJoinGroup } from './before-invite-join-group.ts'
import { beforeSendMsg } from './before-send-msg.ts'
import { onDailyGroupQuotaAlarm } from './on-daily-group-quota-alarm.ts'
import { onMemberStateChange } from './on-member-state-change.ts'
import { sendMsgException } from './send-msg-exception.ts'

export const group = [
  afterChangeGroupOwner,
  afterCreateGroup,
  afterGroupAttrChanged,
  afterGroupDestroyed,
  afterGroupFull,
  afterGroupInfoChanged,
  afterGroupMsgExtension,
  afterMemberExit,
  afterMemberFieldChanged,
  afterNewMemberJoin,
  afterReadReceipt,
  afterRecallMsg,
  afterSendMsg,
  beforeApplyJoinGroup,
  beforeCreateGroup,
  beforeInviteJoinGroup,
  beforeSendMsg,
  onDailyGroupQuotaAlarm,
  onMemberStateChange,
  sendMsgException,
] as const
