import type { Generated, Kysely, Transaction } from '#kysely'
import type { Row } from '../rows/row.ts'

export interface MessageTable extends Row {
  id: Generated<number>
}

/** When a group was created or dissolved. */
interface IncarnationTable {
  conversation_key: string
  at: number
}

/** Up to when an account has read a one-to-one conversation; one row a report. */
interface ReadTable {
  conversation_key: string
  /** Digest of the account. */
  reader: string
  read_to: number
}

/** What the archive knows of itself: `schema`, the number of its version. */
interface ArchiveTable {
  name: string
  value: string
}

export interface Tables {
  timhook_messages: MessageTable
  timhook_incarnations: IncarnationTable
  timhook_reads: ReadTable
  timhook_archive: ArchiveTable
}

export type ArchiveDb = Kysely<Tables>
export type Work = Transaction<Tables>
