import type { GroupFact } from '../callbacks/fact.ts'
import type { Engine } from '../database/engine.ts'
import type { GroupRow, Work } from '../database/tables.ts'

/**
 * Applies what a callback says about a group. For each value the latest report counts; among equals, the greater text. So
 * their order does not matter.
 */
export async function applyGroup({ name }: Engine, work: Work, fact: GroupFact): Promise<void> {
  const found = await work
    .selectFrom('timhook_groups')
    .selectAll()
    .where('conversation_key', '=', fact.conversation)
    .executeTakeFirst()
  const row = merge(found ?? emptyGroup(fact), fact)
  // The keys of the group stay.
  const { conversation_key: _conversation, app: _app, group_id: _group, ...values } = row
  const insert = work.insertInto('timhook_groups').values(row)
  await (
    name === 'mysql'
      ? insert.onDuplicateKeyUpdate(values)
      : insert.onConflict((conflict) => conflict.column('conversation_key').doUpdateSet(values))
  ).execute()
}

function emptyGroup({ conversation, app, group }: GroupFact): GroupRow {
  return {
    conversation_key: conversation,
    app,
    group_id: group,
    name: null,
    name_at: 0,
    type: null,
    type_at: 0,
    owner: null,
    owner_at: 0,
    created_at: null,
    dissolved_at: null,
  }
}

function merge(row: GroupRow, { at, name, kind, owner, change }: GroupFact): GroupRow {
  const later = (one: string | null, oneAt: number, other: string | null): boolean =>
    other !== null && (at > oneAt || (at === oneAt && other > (one ?? '')))
  return {
    ...row,
    ...(later(row.name, row.name_at, name) && { name, name_at: at }),
    ...(later(row.type, row.type_at, kind) && { type: kind, type_at: at }),
    ...(later(row.owner, row.owner_at, owner) && { owner, owner_at: at }),
    ...(change === 'created' && { created_at: Math.max(row.created_at ?? 0, at) }),
    ...(change === 'dissolved' && { dissolved_at: Math.max(row.dissolved_at ?? 0, at) }),
  }
}
