import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { expect } from 'chai'
import { exec, installed } from './install.ts'

/** What a plugin author writes, after the imports of one test runner. The second test is supposed to fail. */
const TESTS = `
import assert from 'node:assert/strict'
import { testPlugin, text } from 'timhook/testing'
import plugin from './plugin.mjs'

const COMMAND = 'Group.CallbackBeforeSendMsg'

it('rejects a word', async () => {
  const t = await testPlugin(plugin, { options: { words: ['casino'] } })
  const verdict = await t.before(COMMAND, { MsgBody: [text('a casino')] })
  assert.deepEqual([verdict.outcome, verdict.code], ['reject', 10100])
  const late = t.before(COMMAND, { MsgBody: [text('wait')] }, { expectFailure: true })
  await t.clock.advance('2s')
  assert.equal((await late).failed, true)
  await t.close()
})

it('calls what nobody expects', async () => {
  const t = await testPlugin(plugin)
  await t.after('Group.CallbackAfterGroupFull')
  await t.close()
})
`

const PLUGIN = `
import { definePlugin, Type } from 'timhook/plugin'

export default definePlugin({
  name: 'words',
  options: Type.Object({ words: Type.Array(Type.String(), { default: [] }) }),
  handlers: {
    'Group.CallbackBeforeSendMsg': ({ body, options, reject }) => {
      const said = JSON.stringify(body.MsgBody)
      if (said.includes('wait')) return new Promise(() => undefined)
      return options.words.some((word) => said.includes(word)) ? reject(10100) : undefined
    },
    'Group.CallbackAfterGroupFull': ({ body, rest }) => rest.getGroupInfo({ GroupIdList: [body.GroupId] }),
  },
})
`

interface Runner {
  readonly name: string
  readonly imports: string
  /** Returns what to run, with node. */
  readonly prepare: (cwd: string) => Promise<string[]>
}

const runners: Runner[] = [
  { name: 'node:test', imports: "import { it } from 'node:test'", prepare: async () => ['--test', 'words.test.mjs'] },
  {
    name: 'mocha',
    imports: '',
    prepare: async () => [resolve('node_modules/mocha/bin/mocha.js'), '--no-config', 'words.test.mjs'],
  },
  {
    name: 'vitest',
    imports: "import { it } from 'vitest'",
    async prepare(cwd) {
      // In a separate folder, so that npm leaves the linked packages alone.
      await exec('npm', [
        'install',
        '--no-save',
        '--no-package-lock',
        '--silent',
        '--prefix',
        join(cwd, 'v'),
        'vitest@3',
      ])
      return [join(cwd, 'v/node_modules/vitest/vitest.mjs'), 'run', 'words.test.mjs']
    },
  },
]

describe('timhook/testing', () => {
  for (const { name, imports, prepare } of runners)
    it(`tests a plugin under ${name}: what holds passes, and an unexpected REST call fails with its name`, async () => {
      const cwd = await installed()
      await writeFile(join(cwd, 'plugin.mjs'), PLUGIN)
      await writeFile(join(cwd, 'words.test.mjs'), imports + TESTS)
      const args = await prepare(cwd)
      const ended = await exec(process.execPath, args, { cwd, env: { ...process.env, NO_COLOR: '1' } }).catch(
        (error: unknown) => error as { code: number; stdout: string; stderr: string },
      )
      const output = `${ended.stdout}${ended.stderr}`
      expect(ended, output).to.have.property('code', 1)
      expect(output).to.contain('unexpected REST call: getGroupInfo')
      expect(output).to.match(/(?:pass |^ +|Tests +1 failed \| )1(?:\n| passing| passed)/m)
    })
})
