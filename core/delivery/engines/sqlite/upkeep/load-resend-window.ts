import type { ResendWindow } from '../../../ingest/resend-window.ts'
import type { Head } from '../blocks/block.ts'
import type { SqliteClient } from '../client/sqlite-client.ts'

/** How many blocks are read at a time. */
const PAGE = 1000

/** Fills the resend window with the callbacks received since a time, before the server starts. */
export async function loadResendWindow(resendWindow: ResendWindow, client: SqliteClient, since: number): Promise<void> {
  for (let after = 0; ;) {
    const page = await client.request('recent', { since, after, limit: PAGE })
    if (!page) return
    const resends = new Map(page.resends.map(({ seq, times }) => [seq, times]))
    for (const { first, heads } of page.blocks) {
      let seq = first
      for (const [, receivedAt, , , id, identity] of readable(heads)) {
        const entry = resendWindow.add(identity, id, receivedAt)
        resendWindow.setSeq(entry, seq)
        const times = resends.get(seq)
        if (times !== undefined) resendWindow.countResend(entry, times)
        seq++
      }
    }
    after = page.last
  }
}

/** Resends of callbacks in a damaged block are not recognised. */
function readable(heads: string): Head[] {
  try {
    return JSON.parse(heads) as Head[]
  } catch {
    return []
  }
}
