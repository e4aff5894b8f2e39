import { afterCreateRoom } from './after-create-room.ts'
import { afterDestroyRoom } from './after-destroy-room.ts'
import { afterMemberEnter } from './after-member-enter.ts'
import { afterMemberLeave } from './after-member-leave.ts'
import { afterUpdateRoomInfo } from './after-update-room-info.ts'

export const room = [
  afterCreateRoom,
  afterDestroyRoom,
  afterMemberEnter,
  afterMemberLeave,
  afterUpdateRoomInfo,
] as const
