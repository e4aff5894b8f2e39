import type { Filter, History } from '../../../../core/delivery/history.ts'
import { openSqliteHistory } from '../../../../core/delivery/engines/sqlite/history/history.ts'
import { Database } from '../../../../core/store/sqlite/database.ts'
import { stopAfterTest } from '../../../harness/hooks.ts'
import { type Handle, newFile, type Run, runEngine } from './run-sqlite.ts'

export const forever = (): Promise<void> => new Promise(() => undefined)
export const COUNT = 10
export const SOON = { retry: { attempts: 1, minMs: 1, maxMs: 1 } }
export const later = (): number => Date.now() + 1000
export const ALL = { finishedSince: 0, deadSince: 0, size: 1e15, needsRoom: false, limit: 1000 }

export function look(file: string): Database {
  const database = new Database(file)
  stopAfterTest(async () => database.close())
  return database
}

export function read(file: string): History {
  const history = openSqliteHistory(file)
  stopAfterTest(() => history.close())
  return history
}

/** Numbers from 1 to 10, received in one turn. */
export async function turn(run: Run, first = 1, count = COUNT): Promise<void> {
  await Promise.all(Array.from({ length: count }, (_, index) => run.accept(first + index, `g${index}`)))
}

export async function withOne(handle: Handle): Promise<{ run: Run; file: string; database: Database }> {
  const file = await newFile()
  const run = await runEngine(file, { one: handle }, SOON)
  return { run, file, database: look(file) }
}

/** The numbers that a list has, oldest first. */
export async function listed(history: History, filter: Filter = {}): Promise<number[]> {
  const { entries } = await history.forward({ ...filter, bodies: true })
  return entries.map(({ body }) => (JSON.parse(body?.raw ?? '') as { EventTime: number }).EventTime)
}
