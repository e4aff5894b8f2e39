import { ID_LENGTH } from '../../id.ts'
import { WIDTH } from '../identity.ts'
import { Recent } from '../recent.ts'
import type { Link } from './link.ts'

const PAGE = 20_000

/** What came within the window, by identity; that of before the start too. */
export class Resends extends Recent {
  /** Reads what came before the start. */
  async load(link: Link, since: number): Promise<void> {
    for (let after = 0; ;) {
      const page = await link.ask('recent', { since, after, limit: PAGE })
      if (!page) return
      const { identities, ids, resends } = page
      const ats = page.ats.split(',')
      const again = new Map(resends.map(({ seq, times }) => [seq, times]))
      for (const [index, seq] of page.seqs.split(',').map(Number).entries()) {
        const identity = identities.slice(index * WIDTH, (index + 1) * WIDTH)
        const entry = this.add(identity, ids.slice(index * ID_LENGTH, (index + 1) * ID_LENGTH), Number(ats[index]))
        this.setSeq(entry, seq)
        const times = again.get(seq)
        if (times !== undefined) this.countResend(entry, times)
      }
      after = page.last
    }
  }
}
