import { spawnSync } from 'node:child_process'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { describeWithProgram } from '../harness/servers/program.ts'

const UNITS = ['timhook.service', 'timhook.socket']
/** Of ten, as `systemd-analyze security` counts them; in tenths. */
const MAX_EXPOSURE = '20'

/** The units in a folder, with the node of this machine. */
async function units(change: (text: string) => string = (text) => text): Promise<string> {
  const folder = await folderWith({})
  mkdirSync(folder, { recursive: true })
  for (const name of UNITS) {
    const text = readFileSync(`deploy/systemd/${name}`, 'utf8').replace('/usr/bin/node', process.execPath)
    writeFileSync(join(folder, name), change(text))
  }
  return folder
}

function analyze(folder: string, ...args: string[]): { status: number | null; output: string } {
  const files = UNITS.map((name) => join(folder, name))
  const { status, stdout, stderr } = spawnSync('systemd-analyze', [...args, ...files], { encoding: 'utf8' })
  return { status, output: stdout + stderr }
}

describeWithProgram('systemd-analyze', 'the units of systemd', () => {
  it('have no fault', async () => {
    expect(analyze(await units(), 'verify')).to.deep.equal({ status: 0, output: '' })
    const broken = await units((text) => text.replace('StartLimitIntervalSec=', 'StartLimitIntervalSecs='))
    expect(analyze(broken, 'verify').output).to.contain('StartLimitIntervalSecs')
  })

  it('leave the service little of the machine', async () => {
    const folder = await units()
    const args = ['security', '--offline=yes', '--no-pager', `--threshold=${MAX_EXPOSURE}`]
    const service = spawnSync('systemd-analyze', [...args, join(folder, 'timhook.service')], { encoding: 'utf8' })
    expect(service.status, service.stdout).to.equal(0)
  })
})
