import { expect } from 'chai'
import { Database } from '../../../../core/store/sqlite/database.ts'
import { deferred } from '../../../harness/plugin.ts'
import { newFile, runEngine } from './run-sqlite.ts'
import { itSurvivesPoison } from '../../contract/poison.ts'

async function makeDue(file: string): Promise<number[]> {
  const database = new Database(file)
  const rows = database.all('SELECT due_at FROM pending')
  database.run('UPDATE pending SET due_at = 0')
  database.close()
  return rows.map(({ due_at: at }) => Number(at) - Date.now())
}

describe('poison with the engine sqlite', () => {
  itSurvivesPoison({ name: 'sqlite', newPlace: newFile, run: runEngine, makeDue })

  it('is no longer one after a clean stop: waiting callbacks are tried at once', async () => {
    const file = await newFile()
    for (let death = 0; death <= 3; death++) {
      const started = deferred()
      const run = await runEngine(file, { one: () => new Promise(() => started.resolve()) })
      if (death === 0) await run.accept(1)
      await started.promise
      await run.die()
    }
    const waiting = await runEngine(file, { one: () => undefined })
    await waiting.bus.next('callback:suspect')
    await waiting.stop()
    const last = await runEngine(file, { one: () => undefined })
    expect(await last.bus.next('handler:done')).to.include({ attempt: 1 })
  })
})
