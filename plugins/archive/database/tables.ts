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

/** Up to when an account has read a one-to-one conversation; one row per report. */
interface ReadTable {
  conversation_key: string
  /** Digest of the account. */
  reader: string
  read_to: number
}

/** What is known about a group. Times are milliseconds since 1970; those of values say when they were reported. */
export interface GroupRow {
  conversation_key: string
  app: number
  group_id: string
  name: string | null
  name_at: number
  type: string | null
  type_at: number
  owner: string | null
  owner_at: number
  /** When it was last created and dissolved, as far as that was reported. */
  created_at: number | null
  dissolved_at: number | null
}

/** What the archive knows about itself: `schema`, the number of its version. */
interface ArchiveTable {
  name: string
  value: string
}

export interface Tables {
  timhook_messages: MessageTable
  timhook_incarnations: IncarnationTable
  timhook_reads: ReadTable
  timhook_groups: GroupRow
  timhook_archive: ArchiveTable
}

export type ArchiveDb = Kysely<Tables>
export type Work = Transaction<Tables>
