import { ID_LENGTH } from '../../id.ts'
import { WIDTH } from '../identity.ts'
import type { Recent } from '../recent.ts'
import type { Link } from './link.ts'

const PAGE = 20_000

/** Reads what came since a time, before the start. */
export async function loadRecent(recent: Recent, link: Link, since: number): Promise<void> {
  for (let after = 0; ;) {
    const page = await link.ask('recent', { since, after, limit: PAGE })
    if (!page) return
    const { identities, ids, resends } = page
    const ats = page.ats.split(',')
    const again = new Map(resends.map(({ seq, times }) => [seq, times]))
    for (const [index, seq] of page.seqs.split(',').map(Number).entries()) {
      const identity = identities.slice(index * WIDTH, (index + 1) * WIDTH)
      const entry = recent.add(identity, ids.slice(index * ID_LENGTH, (index + 1) * ID_LENGTH), Number(ats[index]))
      recent.setSeq(entry, seq)
      const times = again.get(seq)
      if (times !== undefined) recent.countResend(entry, times)
    }
    after = page.last
  }
}
