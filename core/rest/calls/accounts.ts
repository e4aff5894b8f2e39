import { listOf, type CommonAnswer } from './answers.ts'
import { LOGIN, PROFILE } from './apis.ts'
import type { Call, CallOptions } from './call.ts'

export interface AccountCheckRequest {
  /** At most 100. */
  CheckItem: readonly { UserID: string }[]
}

export interface AccountCheckAnswer extends CommonAnswer {
  /** One entry for each account. `AccountStatus` means nothing unless its `ResultCode` is 0. */
  ResultItem: { UserID: string; ResultCode: number; ResultInfo?: string; AccountStatus?: 'Imported' | 'NotImported' }[]
}

/** Standard fields of a profile; the app's own are `Tag_Profile_Custom_` and their name. */
export type ProfileTag =
  | 'Tag_Profile_IM_Nick'
  | 'Tag_Profile_IM_Gender'
  | 'Tag_Profile_IM_BirthDay'
  | 'Tag_Profile_IM_Location'
  | 'Tag_Profile_IM_SelfSignature'
  | 'Tag_Profile_IM_AllowType'
  | 'Tag_Profile_IM_Language'
  | 'Tag_Profile_IM_Image'
  | 'Tag_Profile_IM_MsgSettings'
  | 'Tag_Profile_IM_AdminForbidType'
  | 'Tag_Profile_IM_Level'
  | 'Tag_Profile_IM_Role'
  | `Tag_Profile_Custom_${string}`

export interface ProfileItem {
  Tag: ProfileTag
  Value: string | number
}

export interface PortraitGetRequest {
  /** At most 100. They all have to be accounts of the app. */
  To_Account: readonly string[]
  TagList: readonly ProfileTag[]
}

/** A profile. A field without a value is left out. */
export interface UserProfile {
  To_Account: string
  /** 0, or why there is no profile. */
  ResultCode: number
  ResultInfo?: string
  ProfileItem: ProfileItem[]
}

export interface PortraitGetAnswer extends CommonAnswer {
  UserProfileItem: UserProfile[]
}

export interface PortraitSetRequest {
  From_Account: string
  ProfileItem: readonly ProfileItem[]
}

/** Reads accounts, and reads and changes their profiles. */
export interface AccountCalls {
  /** `account_check`: which of at most 100 accounts the app has (intl 34956, cn 38417). */
  accountCheck(request: AccountCheckRequest, options?: CallOptions): Promise<AccountCheckAnswer>
  /** `portrait_get`: fields of the profiles of at most 100 accounts (intl 34917). */
  portraitGet(request: PortraitGetRequest, options?: CallOptions): Promise<PortraitGetAnswer>
  /** `portrait_set`: sets fields of one profile (intl 34916, cn 1640). */
  portraitSet(request: PortraitSetRequest, options?: CallOptions): Promise<CommonAnswer>
}

export function accountCalls(call: Call): AccountCalls {
  return {
    async accountCheck(request, options) {
      const answer = await call(LOGIN, 'account_check', request, options)
      return { ...answer, ResultItem: listOf(answer['ResultItem']) } as unknown as AccountCheckAnswer
    },
    async portraitGet(request, options) {
      const answer = await call(PROFILE, 'portrait_get', request, options)
      const UserProfileItem = listOf(answer['UserProfileItem']).map((profile) => ({
        ...profile,
        ProfileItem: listOf(profile['ProfileItem']),
      }))
      return { ...answer, UserProfileItem } as unknown as PortraitGetAnswer
    },
    async portraitSet(request, options) {
      return (await call(PROFILE, 'portrait_set', request, options)) as unknown as CommonAnswer
    },
  }
}
