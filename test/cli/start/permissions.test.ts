import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { findConfig } from '../../../config/read/find.ts'
import { init } from '../../../core/cli/commands/init.ts'
import { openHistory } from '../../../core/delivery/engines/open-history.ts'
import { openStores } from '../../../core/delivery/engines/open-stores.ts'
import { describeError } from '../../../core/errors.ts'
import { folderWith } from '../../harness/cli.ts'
import { lockedOut } from '../../harness/other-user.ts'

const retention = { age: 1, size: 1, deadLetters: 1 }

/** What a person reads of the error. */
const failure = (work: () => unknown): Promise<string> =>
  Promise.resolve()
    .then(work)
    .then(() => 'none', describeError)

describe('a command run as another user than the server', () => {
  it('says that it may not use the file of the store, not that there is none', async () => {
    const folder = await folderWith({ 'timhook.db': '' })
    const sqlite = { file: join(folder, 'timhook.db') }
    const opens = {
      events: () => openHistory({ engine: 'sqlite', sqlite }),
      report: () => openStores({ engine: 'sqlite', sqlite, resendWindow: 0, retention }),
    }
    for (const [command, open] of Object.entries(opens)) {
      const said = await lockedOut(folder, () => failure(open))
      expect(said, command).to.contain(`this user may not use ${sqlite.file} (EACCES)`).and.contain('as the user who')
    }
  })

  it('says that it may not read the config, not that there is none', async () => {
    const folder = await folderWith({ 'plugins.yaml': '' })
    const file = join(folder, 'plugins.yaml')
    const said = await lockedOut(folder, () => failure(() => findConfig(file, '/')))
    expect(said).to.equal(`${file} cannot be read (EACCES)`)
  })

  it('says where init may not write, and the way out', async () => {
    const folder = await folderWith({})
    const config = join(folder, 'config/plugins.yaml')
    const said = await lockedOut(folder, () => failure(() => init({ config })))
    expect(said)
      .to.match(/^cannot write \S+config \(EACCES\)\n/)
      .and.contain('--config FILE')
    writeFileSync(join(folder, 'config'), 'a file')
    expect(await failure(() => init({ config }))).to.match(/^cannot write \S+ \((?:EEXIST|ENOTDIR)\)\n/)
  })
})
