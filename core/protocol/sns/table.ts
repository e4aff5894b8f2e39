import { blackListAdd } from './black-list-add.ts'
import { blackListDelete } from './black-list-delete.ts'
import { friendAdd } from './friend-add.ts'
import { friendDelete } from './friend-delete.ts'
import { prevFriendAdd } from './prev-friend-add.ts'
import { prevFriendResponse } from './prev-friend-response.ts'

export const sns = [blackListAdd, blackListDelete, friendAdd, friendDelete, prevFriendAdd, prevFriendResponse] as const
