import type { Body } from '../read.ts'
import type { World } from '../world.ts'
import { accountCheck, portraitGet, portraitSet } from './accounts.ts'
import { deleteGroupMsgBySender, modifyC2cMsg, modifyGroupMsg, recallC2cMsg, recallGroupMsg } from './changes.ts'
import { getGroupInfo, modifyGroupBaseInfo } from './groups.ts'
import { adminGetRoamMsg, getHistory, groupMsgGetSimple } from './history.ts'
import { getGroupMemberInfo, getRoleInGroup, getSpecifiedGroupMemberInfo } from './members.ts'
import { addGroupMember, deleteGroupMember, forbidSendMsg } from './membership.ts'
import { sendGroupMsg, sendMsg, sendStreamMsg } from './messages.ts'
import { queryOnlineStatus } from './presence.ts'

export type Run = (world: World, body: Body) => Body

/** The most members that the plan allows for a group. */
const PLAN_CAP = 6000

/** What the fake can do, by service and command. */
export const services: Readonly<Record<string, Readonly<Record<string, Run>>>> = {
  group_open_http_svc: {
    get_group_info: getGroupInfo,
    modify_group_base_info: (world, body) => modifyGroupBaseInfo(world, body, PLAN_CAP),
    get_group_member_info: getGroupMemberInfo,
    get_specified_group_member_info: getSpecifiedGroupMemberInfo,
    get_role_in_group: getRoleInGroup,
    delete_group_member: deleteGroupMember,
    add_group_member: addGroupMember,
    send_group_msg: sendGroupMsg,
    forbid_send_msg: forbidSendMsg,
    group_msg_recall: recallGroupMsg,
    delete_group_msg_by_sender: deleteGroupMsgBySender,
    group_msg_get_simple: groupMsgGetSimple,
    get_appid_group_list: (world) => ({
      TotalCount: world.groups.size,
      GroupIdList: [...world.groups.keys()].map((GroupId) => ({ GroupId })),
      Next: 0,
    }),
  },
  open_msg_svc: { get_history: getHistory },
  openim: {
    sendmsg: sendMsg,
    admin_getroammsg: adminGetRoamMsg,
    query_online_status: queryOnlineStatus,
    admin_msgwithdraw: recallC2cMsg,
    modify_c2c_msg: modifyC2cMsg,
    modify_group_msg: modifyGroupMsg,
  },
  openim_robot_http_svc: { send_stream_msg: sendStreamMsg },
  im_open_login_svc: { account_check: accountCheck },
  profile: { portrait_get: portraitGet, portrait_set: portraitSet },
}
