import { afterChangeOwner } from './after-change-owner.ts'
import { afterCloudRecordingChanged } from './after-cloud-recording-changed.ts'
import { afterCreateBattle } from './after-create-battle.ts'
import { afterCreateRoom } from './after-create-room.ts'
import { afterCreateRoomReachingThreshold } from './after-create-room-reaching-threshold.ts'
import { afterDelMetadata } from './after-del-metadata.ts'
import { afterDestroyRoom } from './after-destroy-room.ts'
import { afterEndBattle } from './after-end-battle.ts'
import { afterMemberStateChanged } from './after-member-state-changed.ts'
import { afterModifyAdmin } from './after-modify-admin.ts'
import { afterSeatInfoChanged } from './after-seat-info-changed.ts'
import { afterSetMetadata } from './after-set-metadata.ts'
import { afterStartBattle } from './after-start-battle.ts'
import { afterUpdateRoomInfo } from './after-update-room-info.ts'
import { beforeSendGift } from './before-send-gift.ts'

export const live = [
  afterCloudRecordingChanged,
  afterChangeOwner,
  afterCreateBattle,
  afterCreateRoom,
  afterCreateRoomReachingThreshold,
  afterDelMetadata,
  afterDestroyRoom,
  afterEndBattle,
  afterMemberStateChanged,
  afterModifyAdmin,
  afterSetMetadata,
  afterStartBattle,
  afterUpdateRoomInfo,
  beforeSendGift,
  afterSeatInfoChanged,
] as const
