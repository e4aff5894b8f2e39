import { afterAddSubscriber } from './after-add-subscriber.ts'
import { afterCreateOfficialAccount } from './after-create-official-account.ts'
import { afterDeleteSubscriber } from './after-delete-subscriber.ts'
import { afterMsgWithDraw } from './after-msg-with-draw.ts'
import { afterOfficialAccountDestroyed } from './after-official-account-destroyed.ts'
import { afterOfficialAccountFull } from './after-official-account-full.ts'
import { afterOfficialAccountInfoChanged } from './after-official-account-info-changed.ts'
import { afterSendMsg } from './after-send-msg.ts'
import { beforeAddSubscriber } from './before-add-subscriber.ts'
import { beforeCreateOfficialAccount } from './before-create-official-account.ts'
import { beforeSendMsg } from './before-send-msg.ts'

export const officialAccount = [
  afterAddSubscriber,
  afterCreateOfficialAccount,
  afterDeleteSubscriber,
  afterMsgWithDraw,
  afterOfficialAccountDestroyed,
  afterOfficialAccountFull,
  afterOfficialAccountInfoChanged,
  afterSendMsg,
  beforeAddSubscriber,
  beforeCreateOfficialAccount,
  beforeSendMsg,
] as const
