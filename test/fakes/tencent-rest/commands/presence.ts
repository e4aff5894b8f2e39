import { accountsOf, type Body } from '../read.ts'
import { isKnown, type World } from '../world.ts'

export function queryOnlineStatus(world: World, body: Body): Body {
  const accounts = accountsOf(body['To_Account'], 500)
  const known = accounts.filter((account) => isKnown(world, account))
  const key = world.oddities.formerNames ? 'State' : 'Status'
  const isOnline = (account: string): boolean =>
    [...world.groups.values()].some(({ members }) => members.get(account)?.online === true)
  return {
    QueryResult: known.map((account) => ({ To_Account: account, [key]: isOnline(account) ? 'Online' : 'Offline' })),
    ErrorList: accounts
      .filter((account) => !known.includes(account))
      .map((account) => ({ To_Account: account, ErrorCode: 70107 })),
  }
}
