import type { JsonObject } from '../../lib/json.ts'

/** The properties of one command. */
export interface Api {
  readonly service: string
  readonly command: string
  /** Calls per second that Tencent allows an app (intl 34620). */
  readonly perSecond: number
  /** Whether the call may be repeated when nobody knows if it took effect. */
  readonly repeatable: boolean
  /** Whether an answer is a success in spite of its top-level code. */
  readonly accepts?: (answer: JsonObject) => boolean
}

export const GROUP = 'group_open_http_svc'
export const OPENIM = 'openim'
export const OPEN_MSG = 'open_msg_svc'
export const ROBOT = 'openim_robot_http_svc'
export const PROFILE = 'profile'
export const LOGIN = 'im_open_login_svc'
const DEFAULT_PER_SECOND = 200

type Entry = readonly [service: string, command: string, overrides: Partial<Api>]
const REPEATABLE = { repeatable: true }
const BATCH = { repeatable: true, perSecond: 100 }

const entries: readonly Entry[] = [
  // The top-level code says nothing about the groups: each has its own (intl 34961).
  [GROUP, 'get_group_info', { repeatable: true, accepts: ({ GroupInfo }) => isFilled(GroupInfo) }],
  [GROUP, 'get_group_member_info', REPEATABLE],
  [GROUP, 'get_specified_group_member_info', REPEATABLE],
  [GROUP, 'get_role_in_group', REPEATABLE],
  // A repeat would remove a member who has rejoined meanwhile.
  [GROUP, 'delete_group_member', {}],
  [GROUP, 'add_group_member', REPEATABLE],
  [GROUP, 'modify_group_base_info', REPEATABLE],
  [GROUP, 'modify_group_member_info', REPEATABLE],
  // Tencent drops duplicates by content and Random (intl 34959).
  [GROUP, 'send_group_msg', REPEATABLE],
  [GROUP, 'forbid_send_msg', REPEATABLE],
  [GROUP, 'group_msg_recall', REPEATABLE],
  [GROUP, 'delete_group_msg_by_sender', REPEATABLE],
  [GROUP, 'get_appid_group_list', { repeatable: true, perSecond: 1 }],
  [GROUP, 'get_joined_group_list', REPEATABLE],
  [GROUP, 'group_msg_get_simple', REPEATABLE],
  [OPENIM, 'query_online_status', REPEATABLE],
  [OPENIM, 'admin_getroammsg', REPEATABLE],
  // 10 a second (cn 1650).
  [OPEN_MSG, 'get_history', { repeatable: true, perSecond: 10 }],
  // Duplicates are dropped within the same second only (intl 34919).
  [OPENIM, 'sendmsg', {}],
  [OPENIM, 'admin_msgwithdraw', REPEATABLE],
  [OPENIM, 'modify_c2c_msg', REPEATABLE],
  [OPENIM, 'modify_group_msg', REPEATABLE],
  // A repeat would append the text again.
  [ROBOT, 'send_stream_msg', {}],
  [PROFILE, 'portrait_get', REPEATABLE],
  [PROFILE, 'portrait_set', REPEATABLE],
  [LOGIN, 'account_import', REPEATABLE],
  [LOGIN, 'multiaccount_import', BATCH],
  [LOGIN, 'account_delete', { perSecond: 100 }],
  [LOGIN, 'account_check', BATCH],
]

const known = new Map(
  entries.map(([service, command, overrides]) => [`${service}/${command}`, make(service, command, overrides)]),
)

/** The properties of a command. An unknown one has the default limit, and must not be repeated blindly. */
export function apiOf(service: string, command: string): Api {
  return known.get(`${service}/${command}`) ?? make(service, command)
}

export function nameOf({ service, command }: Api): string {
  return `${service}/${command}`
}

function make(service: string, command: string, overrides: Partial<Api> = {}): Api {
  return { service, command, perSecond: DEFAULT_PER_SECOND, repeatable: false, ...overrides }
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}
