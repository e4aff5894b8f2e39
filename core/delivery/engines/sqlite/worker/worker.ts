import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads'
import { TimhookError } from '../../../../errors.ts'
import { type Block, packed, unpack } from '../blocks/block.ts'
import { takeDamage } from '../blocks/damage.ts'
import type { Arg, Reply, Request } from './messages.ts'
import { type OpenFile, openFile } from '../file/open-file.ts'
import { createOperations, type OperationTable } from './operations.ts'

const port = parentPort
port?.once('message', (file: string) => run(port, file))

function run(port: MessagePort, file: string): void {
  let opened: OpenFile
  let operations: OperationTable
  try {
    opened = openFile(file)
    operations = createOperations(opened)
  } catch (error) {
    port.postMessage([failed(error)])
    return
  }
  port.on('message', (first: Request[]) => {
    // All that came while the last transaction was under way shares the next one, and its fsync.
    const batch = [...first]
    for (let more = receiveMessageOnPort(port); more; more = receiveMessageOnPort(port)) {
      batch.push(...more.message)
    }
    port.postMessage(work(opened, operations, batch))
  })
  port.postMessage([{ result: opened.descriptor }])
}

/** Does what was asked together in one transaction, and replies in the order in which it was asked. */
export function work(opened: OpenFile, operations: OperationTable, batch: readonly Request[]): Reply[] {
  const together = batch.filter(({ name }) => !isAlone(name))
  const replies = inTransaction(opened, operations, together).values()
  const damage = takeDamage(opened.database)
  return batch.map((request, index) => {
    if (isAlone(request.name)) return attempt(operations, request)
    const reply = replies.next().value ?? failed(new Error('no reply'))
    return index === 0 && damage.length > 0 ? { ...reply, damage } : reply
  })
}

/** Operations that no transaction may be around. */
function isAlone(name: Request['name']): boolean {
  return name === 'close' || name === 'checkpoint' || name === 'abandon' || name === 'limitPages'
}

function inTransaction(opened: OpenFile, operations: OperationTable, batch: readonly Request[]): Reply[] {
  if (batch.length === 0) return []
  const { database } = opened
  try {
    database.exec('BEGIN IMMEDIATE')
    opened.mustBeOurs()
    const replies = batch.map((request) => ({ result: perform(operations, request) }))
    database.exec('COMMIT')
    return replies
  } catch (error) {
    database.rollback()
    // One of them may be at fault, and the others are not to suffer for it: each on its own.
    const [only] = batch
    if (batch.length > 1) return batch.flatMap((request) => inTransaction(opened, operations, [request]))
    if (!only) return []
    const block = only.name === 'append' ? (only.arg as Arg<'append'>) : undefined
    return [block && block.count > 1 ? oneByOne(opened, operations, block) : failed(error)]
  }
}

/** Callbacks that came together are not to share a fate: where one cannot be stored, the others may be. */
function oneByOne(opened: OpenFile, operations: OperationTable, block: Block): Reply {
  const result = unpack(1, block).map((one) => {
    const [reply] = inTransaction(opened, operations, [{ name: 'append', arg: packed(one, block.expendable) }])
    return reply?.error ?? (reply?.result as number)
  })
  return { result }
}

function attempt(operations: OperationTable, request: Request): Reply {
  try {
    return { result: perform(operations, request) }
  } catch (error) {
    return failed(error)
  }
}

function perform(operations: OperationTable, { name, arg }: Request): unknown {
  return (operations.byName[name] as (arg: unknown) => unknown)(arg)
}

function failed(error: unknown): Reply {
  const { message, code } = error as { message: string; code?: unknown }
  const hint = error instanceof TimhookError ? error.hint : ''
  return { error: { message, code: typeof code === 'string' ? code : undefined, hint } }
}
