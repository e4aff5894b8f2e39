import type { ResendWindow } from '../../../ingest/resend-window.ts'
import type { Head } from '../blocks/block.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'

/** Blocks read at a time. */
const PAGE = 1000

/** Reads what came since a time, before the start. */
export async function loadResendWindow(recent: ResendWindow, link: SqliteClient, since: number): Promise<void> {
  for (let after = 0; ;) {
    const page = await link.ask('recent', { since, after, limit: PAGE })
    if (!page) return
    const again = new Map(page.resends.map(({ seq, times }) => [seq, times]))
    for (const { first, heads } of page.blocks) {
      let seq = first
      for (const [, receivedAt, , , id, identity] of readable(heads)) {
        const entry = recent.add(identity, id, receivedAt)
        recent.setSeq(entry, seq)
        const times = again.get(seq)
        if (times !== undefined) recent.countResend(entry, times)
        seq++
      }
    }
    after = page.last
  }
}

/** Of a damaged block no resend is recognised. */
function readable(heads: string): Head[] {
  try {
    return JSON.parse(heads) as Head[]
  } catch {
    return []
  }
}
