import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { expect } from 'chai'

describe('npm run demo:group-full', () => {
  it('shows a dry run that removes nobody, and a run that makes room', async () => {
    const { stdout } = await promisify(execFile)(process.execPath, ['dist/test/demo/group-full.js'])
    expect(stdout).to.match(
      /mode: dry-run[\s\S]*timhook answers 200[\s\S]*run ended: dry-run\n {2}the group has 20 of 20 members/,
    )
    expect(stdout).to.match(/mode: remove[\s\S]*run ended: removed\n {2}the group has 19 of 20 members/)
    expect(stdout).to.match(/\$ timhook group-full report[\s\S]*remove: removed[\s\S]*dry-run: dry-run/)
  })
})
