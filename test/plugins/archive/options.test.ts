import { expect } from 'chai'
import { DatabaseUrl } from '../../../plugins/archive/options.ts'
import { checkConfig } from '../../../config/read/read.ts'
import { definePlugin, Type } from '../../../core/plugin.ts'
import { folderWith, run } from '../../harness/cli.ts'
import { inspect } from '../../../core/runtime.ts'

const apps = [{ sdkAppId: 1, unsigned: true }]

describe('options of the archive', () => {
  it('name a driver that is not installed', async () => {
    const plugin = definePlugin({
      name: 'other',
      options: Type.Object({ url: DatabaseUrl(() => false) }),
      handlers: {},
    })
    const faultsFor = async (url: string): Promise<string[]> => {
      const reading = checkConfig({ apps, plugins: [{ use: plugin, options: { url } }] }, { env: {} })
      return (await inspect(reading)).faults.map(({ message }) => message)
    }
    const [fault] = await faultsFor('postgres://me:secret@host/db')
    expect(fault).to.include('postgres://… needs npm install pg; mysql://… needs npm install mysql2')
    expect(fault).not.to.include('secret')
    expect(await faultsFor('sqlite:data/a.db')).to.deep.equal([])
  })

  it('refuse other URLs, and print no password', async () => {
    const config = (url: string) => JSON.stringify({ apps, plugins: [{ use: 'archive', options: { url } }] })
    const cwd = await folderWith({
      'bad.yaml': config('oracle://me:hunter2@host'),
      'good.yaml': config('postgres://me:hunter2@host/db'),
    })
    const bad = await run(['check', '--config', 'bad.yaml'], { cwd })
    expect(bad.code).to.equal(78)
    expect(bad.stderr).to.include(
      'options.url: expected the URL of a database such as sqlite:data/archive.db, postgres://',
    )
    expect(bad.stderr).not.to.include('hunter2')
    const good = await run(['check', '--config', 'good.yaml', '--json'], { cwd })
    expect(good.code).to.equal(0)
    expect(good.stdout).not.to.include('hunter2')
  })
})
