import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { commands } from '../../core/protocol/commands.ts'
import { serve } from '../harness/server.ts'
import { blocksOf, blockWith } from './readmes.ts'
import { writtenPart } from '../../docs/reference/markdown.ts'
import { readFileSync } from 'node:fs'
import { installedFolder, runNode, runTsc } from './timhook.ts'

const COMPILER =
  '--strict --module nodenext --target es2023 --types node --skipLibCheck --noImplicitReturns --noUnusedLocals ' +
  '--exactOptionalPropertyTypes --noUncheckedIndexedAccess'

async function folderWith(files: Record<string, string>): Promise<string> {
  const folder = await installedFolder()
  const all = { 'package.json': '{ "type": "module" }', ...files }
  for (const [name, text] of Object.entries(all)) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), text)
  }
  return folder
}

/** The pages whose blocks of TypeScript are whole files. */
const PAGES = [
  'README.md',
  'docs/en/embed.md',
  'docs/en/moderation.md',
  'docs/en/reference/plugin.md',
  'docs/en/reference/rest.md',
]
const SKILL = 'docs/skills/write-a-plugin.md'

describe('the plugins of the documents', () => {
  it('compile against the package', async () => {
    const blocks = PAGES.flatMap((page) => blocksOf(writtenPart(readFileSync(page, 'utf8'))))
    const whole = blocks.filter(({ language }) => language === 'ts')
    expect(whole.length).to.be.above(PAGES.length)
    const files = Object.fromEntries(whole.map(({ code }, index) => [`block-${index}.ts`, code]))
    const folder = await folderWith(files)
    const compiled = await runTsc([...COMPILER.split(' '), '--noEmit', ...Object.keys(files)], folder)
    expect(compiled.stdout).to.equal('')
    expect(compiled.code).to.equal(0)
  })

  it('reject the words of the README, and nothing else', async () => {
    const folder = await folderWith({ 'words.ts': blockWith('README.md', "name: 'words'") })
    await runTsc([...COMPILER.split(' '), 'words.ts'], folder)
    const use = join(folder, 'words.js')
    const server = await serve({ plugins: [{ use, options: { words: ['casino'] } }] })
    const say = (Text: string) =>
      server.post('Group.CallbackBeforeSendMsg', { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }] })
    expect((await say('Come to the casino')).json).to.include({ ErrorCode: 10100, ErrorInfo: 'mind your words' })
    expect((await say('Come to the garden')).json).to.include({ ErrorCode: 0 })
  })

  it('are plain objects too, without a build', async () => {
    const welcome = blockWith('docs/en/reference/plugin.md', "name: 'welcome'")
    const folder = await folderWith({ 'welcome.mjs': welcome })
    const running = await serve({ plugins: [{ use: join(folder, 'welcome.mjs') }] })
    const done = running.bus.next('handler:done')
    const command = 'Group.CallbackAfterNewMemberJoin'
    expect((await running.post(command, commands.get(command)?.sample)).status).to.equal(200)
    expect((await done).plugin).to.equal('welcome')
    const [joined] = await running.server.running.stores.of('welcome').records('joined')
    expect(joined?.data).to.deep.include({ group: '@TGS#TIMHOOK-SAMPLE' })
  })

  it('pass their test where a model is shown how to write one', async () => {
    const files = { 'index.ts': blockWith(SKILL, '// index.ts'), 'index.test.ts': blockWith(SKILL, '// index.test.ts') }
    const folder = await folderWith(files)
    const compiled = await runTsc([...COMPILER.split(' '), ...Object.keys(files)], folder)
    expect(compiled.stdout).to.equal('')
    const { stdout, stderr } = await runNode(['--test', 'index.test.js'], folder)
    expect(stdout + stderr).to.match(/^# pass 2$/m)
    expect(stdout + stderr).to.match(/^# fail 0$/m)
  })
})
