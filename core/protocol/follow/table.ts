import { afterFollowAdd } from './after-follow-add.ts'
import { afterFollowDelete } from './after-follow-delete.ts'

export const follow = [afterFollowAdd, afterFollowDelete] as const
