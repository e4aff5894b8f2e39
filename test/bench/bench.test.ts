import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'

const execute = promisify(execFile)
const run = (args: readonly string[]) => execute(process.execPath, ['dist/bench/run.js', ...args])

describe('the benchmark', () => {
  it('measures a server next to bare node:http, and writes the results', async () => {
    const out = await folderWith({})
    const what = ['--only', 'http', '--kinds', 'full', '--variants', 'memory', '--connections', '2']
    const { stdout } = await run([...what, '--rounds', '1', '--window', '20', '--out', out])
    expect(stdout)
      .to.match(/^ +bare +\S/m)
      .and.match(/^ +timhook memory +\S/m)
    expect(stdout).not.to.include('REFUSED')
    const { sections } = JSON.parse(await readFile(join(out, 'results.json'), 'utf8')) as {
      sections: { name: string }[]
    }
    expect(sections.map(({ name }) => name)).to.deep.equal(['http full 2'])
    expect(await readFile(join(out, 'speed.svg'), 'utf8')).to.match(/^<svg /)
  })

  it('knows its sections', async () => {
    const failed = await run(['--only', 'nonsense']).catch((error: { stderr: string }) => error)
    expect(failed.stderr).to.match(/no section nonsense; there are http, .*storing, /)
  })
})
