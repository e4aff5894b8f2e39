import { allMemberPush } from './all-member-push.ts'
import { offlinePush } from './offline-push.ts'

export const push = [allMemberPush, offlinePush] as const
