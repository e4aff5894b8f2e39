import type { AboutMessage, AnyFact, BoundaryFact, GroupFact, MessageFact, ReadFact } from '../callbacks/fact.ts'
import { messageKey } from '../callbacks/keys.ts'
import type { Engine } from '../database/engine.ts'
import type { Work } from '../database/tables.ts'
import { merge, type OnRecall } from '../rows/merge.ts'
import { columns, emptyRow, type Row } from '../rows/row.ts'
import { termsOf } from '../search/terms.ts'
import { applyGroup } from './groups.ts'
import {
  addIncarnation,
  incarnationAt,
  type Incarnations,
  loadIncarnations,
  padded,
  remember,
  remembered,
} from './incarnations.ts'
import { addReport, markFromReports } from './reads.ts'
import { upsert } from './upsert.ts'

const KEYS_AT_A_TIME = 500

/** A message with the MsgSeq of another one: the group was created again, and nobody reported it. */
class Collision extends Error {
  readonly boundary: BoundaryFact

  constructor(boundary: BoundaryFact) {
    super('two messages have one MsgSeq')
    this.boundary = boundary
  }
}

/**
 * Writes facts in one transaction: all of them or none. Facts may come in any order and any number of times.
 * Only writers that hold the archive's lock change rows, so two servers can share one archive.
 */
export async function applyFacts(engine: Engine, facts: readonly AnyFact[], onRecall: OnRecall): Promise<void> {
  const all = [...facts]
  for (;;) {
    try {
      await engine.db.transaction().execute((work) => applyIn(engine, work, all, onRecall))
      return
    } catch (error) {
      if (!(error instanceof Collision)) throw error
      all.push(error.boundary)
    }
  }
}

async function applyIn(engine: Engine, work: Work, facts: readonly AnyFact[], onRecall: OnRecall): Promise<void> {
  const boundaries = facts.filter((fact): fact is BoundaryFact => fact.type === 'boundary')
  const reports = facts.filter((fact): fact is ReadFact => fact.type === 'read')
  const groups = facts.filter((fact): fact is GroupFact => fact.type === 'group')
  const changes = facts.filter((fact): fact is AboutMessage => 'target' in fact)
  const ofMessages = changes.flatMap(({ target }) => (target.chat === 'group' ? [target.conversation] : []))
  const conversations = [...new Set([...ofMessages, ...boundaries.map(({ conversation }) => conversation)])]

  await engine.lock(work)
  // If the database takes statements without waiting for the previous one, rows are read by what is cached.
  const guess = engine.pipelines && boundaries.length === 0 ? place(changes, remembered(engine)) : undefined
  const [incarnations, guessed] = await Promise.all([
    loadIncarnations(work, conversations),
    guess && loadRows(work, guess),
  ])
  for (const { conversation, at } of boundaries) await addIncarnation(engine, work, conversation, at, incarnations)
  remember(engine, incarnations)
  const placed = place(changes, incarnations)
  const isRight = guess?.every(({ key }, index) => key === placed[index]?.key) === true
  const rows = isRight && guessed ? guessed : await loadRows(work, placed)
  for (const { fact, incarnation, key } of placed) {
    const row = rows.get(key) ?? emptyRow(fact.target, key, incarnation, fact.at)
    rows.set(key, row)
    if (fact.type === 'message') checkSame(row, fact, incarnations.get(fact.target.conversation))
    const { text } = row
    merge(row, fact, onRecall)
    if (row.text !== text) row.terms = termsOf(row.text)
  }
  await markFromReports(work, [...rows.values()])
  await upsert(engine, work, [...rows.values()])
  for (const group of groups) await applyGroup(engine, work, group)
  for (const report of reports) await addReport(engine, work, report)
}

/** A fact, and the row that it belongs to. */
interface Placed {
  readonly fact: AboutMessage
  readonly incarnation: number
  readonly key: string
}

function place(facts: readonly AboutMessage[], incarnations: Incarnations): Placed[] {
  return facts.map((fact) => {
    const { chat, conversation, message } = fact.target
    const incarnation = chat === 'group' ? incarnationAt(incarnations.get(conversation), fact.at) : 0
    return { fact, incarnation, key: messageKey(conversation, incarnation, message) }
  })
}

async function loadRows(work: Work, placed: readonly Placed[]): Promise<Map<string, Row>> {
  const found = new Map<string, Row>()
  const keys = [...new Set(placed.map(({ key }) => key))]
  for (let from = 0; from < keys.length; from += KEYS_AT_A_TIME) {
    const some = padded(keys.slice(from, from + KEYS_AT_A_TIME))
    const rows = await work.selectFrom('timhook_messages').select(columns).where('message_key', 'in', some).execute()
    for (const row of rows) found.set(row.message_key, row)
  }
  return found
}

/**
 * A MsgSeq that is repeated with another message means that the group was dissolved and created again, though the
 * callbacks that say so have not arrived.
 * @throws Collision
 */
function checkSame(row: Row, fact: MessageFact, known: readonly number[] = []): void {
  const { target, at, random, sentAt } = fact
  if (row.complete === 0 || target.chat !== 'group' || target.seq === null) return
  const isOtherTime = row.sent_at !== null && sentAt !== null && row.sent_at !== sentAt
  const isOtherRandom = random === null || row.random === null || row.random !== random
  if (!isOtherTime || !isOtherRandom) return
  const boundary = Math.max(row.event_at, at)
  // Two messages of the same millisecond cannot be distinguished, so the rule for repeats decides.
  if (row.event_at === at || known.includes(boundary)) return
  throw new Collision({ type: 'boundary', conversation: target.conversation, at: boundary })
}
