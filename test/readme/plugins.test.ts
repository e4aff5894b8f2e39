import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { commands } from '../../core/protocol/commands.ts'
import { serve } from '../harness/server.ts'
import { blocksOf, blockWith, readmes } from './readmes.ts'
import { installedFolder, runTsc } from './timhook.ts'

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

describe('the plugins of the READMEs', () => {
  it('the TypeScript blocks compile against the package', async () => {
    const blocks = blocksOf(readmes.en).filter(({ language }) => language === 'ts')
    const files = Object.fromEntries(blocks.map(({ code }, index) => [`block-${index}.ts`, code]))
    const folder = await folderWith(files)
    const compiled = await runTsc([...COMPILER.split(' '), '--noEmit', ...Object.keys(files)], folder)
    expect(compiled.stdout).to.equal('')
    expect(compiled.code).to.equal(0)
  })

  it('the filter of words rejects them, and nothing else', async () => {
    const folder = await folderWith({ 'words.ts': blockWith("name: 'words'") })
    await runTsc([...COMPILER.split(' '), 'words.ts'], folder)
    const use = join(folder, 'words.js')
    const server = await serve({ plugins: [{ use, options: { words: ['casino'] } }] })
    const say = (Text: string) =>
      server.post('Group.CallbackBeforeSendMsg', { MsgBody: [{ MsgType: 'TIMTextElem', MsgContent: { Text } }] })
    expect((await say('Come to the CASINO')).json).to.include({ ErrorCode: 10100, ErrorInfo: 'mind your words' })
    expect((await say('Come to the garden')).json).to.include({ ErrorCode: 0 })
  })

  it('the plain object is a plugin without a build', async () => {
    const folder = await folderWith({ 'welcome.mjs': blockWith("name: 'welcome'") })
    const running = await serve({ plugins: [{ use: join(folder, 'welcome.mjs') }] })
    const done = running.bus.next('handler:done')
    const command = 'Group.CallbackAfterNewMemberJoin'
    expect((await running.post(command, commands.get(command)?.sample)).status).to.equal(200)
    expect((await done).plugin).to.equal('welcome')
    const [joined] = await running.server.running.stores.of('welcome').records('joined')
    expect(joined?.data).to.deep.include({ group: '@TGS#TIMHOOK-SAMPLE' })
  })
})
