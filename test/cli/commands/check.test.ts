import { expect } from 'chai'
import { folderWith, run } from '../../harness/cli.ts'

const WARNED = 'apps: [{ sdkAppId: 7, unsigned: true }]\nplugins: [{ use: group-full, only: { commands: [C2C.*] } }]\n'

describe('timhook check', () => {
  it('prints warnings and exits with 0, with --strict with 78', async () => {
    const cwd = await folderWith({ 'config/plugins.yaml': WARNED })
    const [lenient, strict] = await Promise.all([run(['check'], { cwd }), run(['check', '--strict'], { cwd })])
    const warning = 'warning: config/plugins.yaml:2:49 plugins[0].only.commands[0]: gives plugin group-full nothing'
    expect([lenient.code, strict.code]).to.deep.equal([0, 78])
    expect(lenient.stderr).to.contain(warning)
    expect(strict.stderr).to.contain(warning).and.contain('--strict: warnings count as faults')
    expect(strict.stdout).to.equal('')
  })

  it('prints JSON with --json where there are faults, where warnings count, and where there is no config', async () => {
    const faulty = `${WARNED}server: { port: x }\n`
    const cwd = await folderWith({ 'config/plugins.yaml': WARNED, 'faulty.yaml': faulty })
    const [withFaults, strict, none] = await Promise.all([
      run(['check', '--json', '--config', 'faulty.yaml'], { cwd }),
      run(['check', '--json', '--strict'], { cwd }),
      run(['check', '--json', '--config', 'none.yaml'], { cwd }),
    ])
    expect([withFaults.code, strict.code, none.code]).to.deep.equal([78, 78, 78])
    const file = 'faulty.yaml'
    expect((JSON.parse(withFaults.stdout) as { faults: object[] }).faults).to.deep.equal([
      { file, line: 3, column: 17, path: 'server.port', message: 'expected integer from 0 to 65535, got "x"' },
    ])
    const told = JSON.parse(strict.stdout) as { faults: object[]; warnings: { path: string }[] }
    expect([told.faults, told.warnings.map(({ path }) => path)]).to.deep.equal([[], ['plugins[0].only.commands[0]']])
    expect(JSON.parse(none.stdout)).to.deep.equal({
      faults: [{ message: 'no config file none.yaml' }],
      warnings: [],
    })
  })
})
