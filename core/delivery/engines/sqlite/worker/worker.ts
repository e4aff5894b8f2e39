import { type MessagePort, parentPort, receiveMessageOnPort } from 'node:worker_threads'
import { type Block, packed, unpack } from '../blocks/block.ts'
import { takeDamage } from '../blocks/damage.ts'
import { type Arg, faultOf, type Reply, type Request } from './messages.ts'
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
    port.postMessage([{ error: faultOf(error) }])
    return
  }
  port.on('message', (first: Request[]) => {
    // Everything posted during the last transaction shares the next one, and its fsync.
    const batch = [...first]
    for (let next = receiveMessageOnPort(port); next; next = receiveMessageOnPort(port)) {
      batch.push(...next.message)
    }
    port.postMessage(work(opened, operations, batch))
  })
  port.postMessage([{ result: opened.descriptor }])
}

/** Performs a batch in one transaction, and replies in the order of the requests. */
export function work(opened: OpenFile, operations: OperationTable, batch: readonly Request[]): Reply[] {
  const together = batch.filter(({ name }) => !isAlone(name))
  const replies = inTransaction(opened, operations, together).values()
  const damage = takeDamage(opened.database)
  return batch.map((request, index) => {
    if (isAlone(request.name)) return attempt(operations, request)
    const reply = replies.next().value ?? { error: faultOf(new Error('no reply')) }
    return index === 0 && damage.length > 0 ? { ...reply, damage } : reply
  })
}

/** Operations that cannot run in a transaction. */
function isAlone(name: Request['name']): boolean {
  return name === 'close' || name === 'checkpoint' || name === 'abandon' || name === 'limitPages'
}

function inTransaction(opened: OpenFile, operations: OperationTable, batch: readonly Request[]): Reply[] {
  if (batch.length === 0) return []
  try {
    return opened.database.transaction(() => {
      opened.mustBeOurs()
      return batch.map((request) => ({ result: perform(operations, request) }))
    })
  } catch (error) {
    // One request may be the cause, so each is tried on its own.
    const [request] = batch
    if (batch.length > 1) return batch.flatMap((single) => inTransaction(opened, operations, [single]))
    if (!request) return []
    const block = request.name === 'append' ? (request.arg as Arg<'append'>) : undefined
    return [block && block.count > 1 ? oneByOne(opened, operations, block) : { error: faultOf(error) }]
  }
}

/** Stores the callbacks of a block one by one, so that a bad one does not fail the others. */
function oneByOne(opened: OpenFile, operations: OperationTable, block: Block): Reply {
  const result = unpack(1, block).map((callback) => {
    const arg = { ...packed({ ...callback, plugins: JSON.stringify(callback.plugins) }), expendable: block.expendable }
    const [reply] = inTransaction(opened, operations, [{ name: 'append', arg }])
    return reply?.error ?? (reply?.result as number)
  })
  return { result }
}

function attempt(operations: OperationTable, request: Request): Reply {
  try {
    return { result: perform(operations, request) }
  } catch (error) {
    return { error: faultOf(error) }
  }
}

function perform(operations: OperationTable, { name, arg }: Request): unknown {
  return (operations[name] as (arg: unknown) => unknown)(arg)
}
