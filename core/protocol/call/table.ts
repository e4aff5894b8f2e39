import { afterEndCall } from './after-end-call.ts'
import { afterMemberChanged } from './after-member-changed.ts'
import { afterRecordChanged } from './after-record-changed.ts'
import { afterStartCall } from './after-start-call.ts'

export const call = [afterEndCall, afterMemberChanged, afterRecordChanged, afterStartCall] as const
