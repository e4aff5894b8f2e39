import { accountsOf, isBody, type Body } from '../read.ts'
import { refuse } from '../refusal.ts'
import { isKnown, type World } from '../world.ts'

/** The code of an account that was never imported. */
const UNKNOWN = 40003

export function accountCheck(world: World, body: Body): Body {
  const list = body['CheckItem']
  if (!Array.isArray(list)) refuse(70402)
  const accounts = accountsOf(
    list.map((one: unknown) => (isBody(one) ? one['UserID'] : undefined)),
    100,
  )
  return {
    ResultItem: accounts.map((UserID) => ({
      UserID,
      ResultCode: 0,
      ResultInfo: '',
      AccountStatus: isKnown(world, UserID) ? 'Imported' : 'NotImported',
    })),
  }
}

export function portraitGet(world: World, body: Body): Body {
  const accounts = accountsOf(body['To_Account'], 100)
  const tags = accountsOf(body['TagList'], 100)
  return {
    UserProfileItem: accounts.map((account) => {
      if (!isKnown(world, account)) return { To_Account: account, ResultCode: UNKNOWN, ResultInfo: 'no such account' }
      const profile = world.profiles.get(account)
      const ProfileItem = tags.flatMap((Tag) => (profile?.has(Tag) === true ? [{ Tag, Value: profile.get(Tag) }] : []))
      return { To_Account: account, ProfileItem, ResultCode: 0, ResultInfo: '' }
    }),
  }
}

export function portraitSet(world: World, body: Body): Body {
  const { From_Account: account, ProfileItem: items } = body
  if (typeof account !== 'string' || !Array.isArray(items)) refuse(40001)
  if (!isKnown(world, account)) refuse(UNKNOWN)
  const profile = world.profiles.get(account) ?? new Map<string, unknown>()
  for (const item of items as unknown[]) {
    if (!isBody(item) || typeof item['Tag'] !== 'string') refuse(40001)
    profile.set(item['Tag'], item['Value'])
  }
  world.profiles.set(account, profile)
  return {}
}
