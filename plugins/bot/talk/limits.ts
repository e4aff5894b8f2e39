import type { Store } from 'timhook/plugin'
import type { Options } from '../options.ts'
import { keyOf } from './talk.ts'

interface Used {
  readonly day: string
  readonly count: number
}

/** Counts an answer to an account. `first`: this is the answer that reached the limit. */
export async function takeAnswer(
  store: Store,
  { app, account, now }: { app: number; account: string; now: number },
  { limits }: Options,
): Promise<{ isOver: boolean; first: boolean }> {
  const day = new Date(now).toISOString().slice(0, 10)
  const mine = await increment(store, keyOf('used', app, account), day)
  if (mine > limits.account) return { isOver: true, first: mine === limits.account + 1 }
  const all = await increment(store, `total/${app}`, day)
  return { isOver: all > limits.total, first: false }
}

async function increment(store: Store, key: string, day: string): Promise<number> {
  const next = (await store.update(key, (value): Used => {
    const used = value as Used | undefined
    return { day, count: used?.day === day ? used.count + 1 : 1 }
  })) as Used
  return next.count
}
