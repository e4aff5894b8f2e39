import { join } from 'node:path'
import { expect } from 'chai'
import { commands } from '../../../core/protocol/commands.ts'
import type { Definition } from '../../../core/protocol/define.ts'
import { counted } from '../../delivery/contract/counted.ts'
import { look } from '../../delivery/engines/sqlite/tick-batches.ts'
import { documentedFields, withField } from '../../harness/documented.ts'
import { stopAfterTest } from '../../harness/hooks.ts'
import { entry } from '../../harness/plugin.ts'
import { jsonOf, stored } from './stored.ts'

/** After-callbacks of which the body has to have something, each with that field of another type. */
const broken = [...commands.values()].flatMap((definition) => {
  if (definition.phase === 'before') return []
  return documentedFields(definition)
    .filter(({ isRequired }) => isRequired)
    .map(({ path, keys }) => ({ definition, path, body: withField(definition.sample, keys, 7.5) }))
})
const names = [...new Set(broken.map(({ definition }) => definition.command))]

/** Has the table accept anything as a body, as an update may do, until the test is over. */
function acceptAnything(): void {
  const table = commands as Map<string, Definition>
  for (const { definition } of broken) {
    const { request } = definition
    table.set(definition.command, { ...definition, request: { ...request, properties: {}, required: [] } })
  }
  stopAfterTest(async () => {
    for (const { definition } of broken) table.set(definition.command, definition)
  })
}

describe('a callback that lacks what its type promises', () => {
  it('is a dead letter of each plugin whose handler it does not fit, until a definition accepts it', async () => {
    const got: string[] = []
    const { cwd, serve, timhook } = await stored()
    const handle = ({ command, raw }: { command: string; raw: string }): void => void got.push(`${command} ${raw}`)
    const handlers = Object.fromEntries(names.map((command) => [command, handle]))
    const plugins = [entry('typed', handlers), entry('all', { '*': () => undefined })]

    const first = await serve(plugins)
    const dead = counted(first.bus, broken.length, 'callback:dead')
    const taken = counted(first.bus, broken.length, 'handler:done')
    for (const { definition, body } of broken) {
      expect((await first.post(definition.command, body)).status, definition.command).to.equal(200)
    }
    await Promise.all([dead, taken])
    expect(got).to.deep.equal([])
    const letters = jsonOf((await timhook('dead-letters', '--limit', '1000', '--json')).stdout)
    expect(letters).to.have.length(broken.length)
    for (const { definition, path } of broken) {
      const error = new RegExp(`^the body does not fit its definition: ${path}: expected .+, got number$`)
      const letter = letters.find((one) => one['command'] === definition.command && error.test(String(one['error'])))
      expect(letter, path).to.include({ plugin: 'typed', attempts: 0 })
    }

    // They have a share of the room, and give way before others do.
    const marked = look(join(cwd, 'data', 'timhook.db')).all('SELECT num FROM dead_letters WHERE fault = 1')
    expect(marked).to.have.length(broken.length)

    const again = counted(first.bus, broken.length, 'callback:dead')
    await timhook('dead-letters', 'retry', '--all', '--yes')
    await again
    expect(got).to.deep.equal([])
    await first.server.stop({ drainMs: 0 })

    acceptAnything()
    const second = await serve(plugins)
    const delivered = counted(second.bus, broken.length, 'handler:done')
    await timhook('dead-letters', 'retry', '--all', '--yes')
    await delivered
    const sent = broken.map(({ definition, body }) => `${definition.command} ${JSON.stringify(body)}`)
    expect(got).to.have.members(sent)
    expect(jsonOf((await timhook('dead-letters', '--json')).stdout)).to.deep.equal([])
  })
})
