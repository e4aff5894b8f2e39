import { call, type Run } from '../report/run-context.ts'

/** The most accounts in one call (intl 35477). */
const MAX_ACCOUNTS = 500

/** Returns the accounts that may be online: online, reached by pushes if that counts, or unknown. */
export async function present(run: Run, accounts: readonly string[]): Promise<ReadonlySet<string>> {
  const { skipOnline, skipPushOnline } = run.options
  const maybeOnline = new Set(skipOnline ? accounts : [])
  if (!skipOnline) return maybeOnline
  for (let start = 0; start < accounts.length; start += MAX_ACCOUNTS) {
    const batch = accounts.slice(start, start + MAX_ACCOUNTS)
    const { QueryResult } = await call(run, 'query_online_status', batch.length, (rest, options) =>
      rest.queryOnlineStatus({ To_Account: batch }, options),
    )
    for (const { To_Account: account, Status: status } of QueryResult) {
      if (status === 'Offline' || (status === 'PushOnline' && !skipPushOnline)) maybeOnline.delete(account)
    }
  }
  return maybeOnline
}
