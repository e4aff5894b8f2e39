import { TimhookError } from '../../errors.ts'
import { accountCalls, type AccountCalls } from './accounts.ts'
import type { Call } from './call.ts'
import { changeCalls, type ChangeCalls } from './changes.ts'
import { groupCalls, type GroupCalls } from './groups.ts'
import { historyCalls, type HistoryCalls } from './history.ts'
import { memberCalls, type MemberCalls } from './members.ts'
import { membershipCalls, type MembershipCalls } from './membership.ts'
import { messageCalls, type MessageCalls } from './messages.ts'
import { presenceCalls, type PresenceCalls } from './presence.ts'

/**
 * Calls Tencent's server REST API for one app, as its administrator. Field names are Tencent's; times are seconds since
 * 1970. Calls wait for Tencent's rate limits, and are retried if that can help. All throw RestError.
 */
export interface Rest
  extends
    AccountCalls,
    ChangeCalls,
    GroupCalls,
    HistoryCalls,
    MemberCalls,
    MembershipCalls,
    MessageCalls,
    PresenceCalls {
  /** Calls any command; timhook does not check the body. An unknown command is not repeated blindly. */
  readonly call: Call
}

/** The typed calls on top of the untyped one. */
export function createRest(call: Call): Rest {
  return {
    call,
    ...accountCalls(call),
    ...changeCalls(call),
    ...groupCalls(call),
    ...historyCalls(call),
    ...memberCalls(call),
    ...membershipCalls(call),
    ...messageCalls(call),
    ...presenceCalls(call),
  }
}

/** Stands in for the client of an app that has no `rest:` settings. */
export function restNotConfigured(sdkAppId: number): Rest {
  return createRest(async () => {
    throw new TimhookError('REST_NOT_CONFIGURED', `app ${sdkAppId} has no \`rest:\` settings`, {
      hint: 'Plugins that call the REST API need them in the config, under that app.',
    })
  })
}
