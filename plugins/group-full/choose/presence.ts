import { call, type Run } from '../report/run-context.ts'

/** The most accounts of one call (intl 35477). */
const MAX_ASKED = 500

/** The accounts that may be online: online, reached by pushes where that counts, or unknown. */
export async function present(run: Run, accounts: readonly string[]): Promise<ReadonlySet<string>> {
  const { skipOnline, skipPushOnline } = run.options
  const rest = new Set(skipOnline ? accounts : [])
  if (!skipOnline) return rest
  for (let start = 0; start < accounts.length; start += MAX_ASKED) {
    const batch = accounts.slice(start, start + MAX_ASKED)
    const { QueryResult } = await call(run, 'query_online_status', batch.length, (rest, options) =>
      rest.queryOnlineStatus({ To_Account: batch }, options),
    )
    for (const { To_Account: account, Status: status } of QueryResult) {
      if (status === 'Offline' || (status === 'PushOnline' && !skipPushOnline)) rest.delete(account)
    }
  }
  return rest
}
