import type { AdminRequest } from '../../delivery/history.ts'
import { BATCH } from '../../delivery/wait-for-answer.ts'
import type { Counts } from '../api-types.ts'
import type { Reads } from '../reads.ts'

const NOTHING: Counts = { count: 0, waiting: 0, gone: 0, foreign: 0, unanswered: 0 }

/** Has the server process these refs, in requests that are small enough not to delay other work. */
export async function carryOut(
  reads: Reads,
  refs: readonly string[],
  requestOf: (refs: readonly string[]) => AdminRequest,
): Promise<Counts> {
  let counts = NOTHING
  for (let from = 0; from < refs.length; from += BATCH) {
    const batch = refs.slice(from, from + BATCH)
    const result = await reads.carryOut(requestOf(batch))
    counts = {
      count: counts.count + (result?.count ?? 0),
      waiting: counts.waiting + (result?.waiting ?? 0),
      gone: counts.gone + (result?.gone ?? 0),
      foreign: counts.foreign + (result?.foreign ?? 0),
      unanswered: counts.unanswered + (result ? 0 : batch.length),
    }
  }
  return counts
}
