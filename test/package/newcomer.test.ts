import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile, writeFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { dirname, join } from 'node:path'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { packInto } from './install.ts'

/** How many characters one types in a minute, at eighty words per minute. */
const TYPED = 400

const BLOCK = /^```sh\n([^]*?)^```$/gm

/** The commands of a guide, one list per code block. */
async function blocksOf(guide: string): Promise<string[]> {
  const text = await readFile(guide, 'utf8')
  return [...text.matchAll(BLOCK)].map(([, block = '']) => block.trim())
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

interface Told {
  readonly child: ChildProcess
  readonly says: (text: string) => Promise<void>
  readonly ended: Promise<{ code: number | null; output: string }>
}

/** Runs a block in a shell, in its own process group. */
function shell(block: string, cwd: string): Told {
  const child = spawn('bash', ['-ec', block], { cwd, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
  stopAfterTest(async () => {
    if (child.exitCode === null && child.pid !== undefined) process.kill(-child.pid, 'SIGKILL')
  })
  let output = ''
  const waiting = new Set<() => void>()
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output += chunk.toString()
      for (const look of waiting) look()
    })
  }
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }))
  const says = (text: string): Promise<void> =>
    new Promise((settle, fail) => {
      const look = (): void => {
        if (output.includes(text)) settle()
      }
      waiting.add(look)
      void ended.then(() => fail(new Error(`ended without "${text}":\n${output}`)))
      look()
    })
  return { child, says, ended }
}

async function finished(block: string, cwd: string): Promise<string> {
  const { code, output } = await shell(block, cwd).ended
  expect(code, `${block}\n${output}`).to.equal(0)
  return output
}

describe('a newcomer with the guide and the packed file', () => {
  for (const language of ['ts', 'js'])
    for (const guide of ['docs/en/first-plugin.md', 'docs/zh/first-plugin.md'].slice(0, language === 'ts' ? 2 : 1))
      it(`makes, tests, starts and triggers a plugin in ${language} by the commands of ${dirname(guide)}`, async () => {
        const [make = '', dev = '', trigger = '', attempt = '', ...others] = await blocksOf(guide)
        expect(others).to.deep.equal([])
        expect([make, dev, trigger, attempt].join('\n').length).to.be.at.most(TYPED)
        const cwd = await folderWith({})
        await packInto(cwd)
        const isJs = language === 'js'
        const made = await finished(isJs ? make.replace(/(new plugin words.*)/, '$1 --js') : make, cwd)
        expect(made).to.match(/pass 3\n/)

        const folder = join(cwd, 'timhook-plugin-words')
        const config = join(folder, 'config/dev.yaml')
        await writeFile(config, (await readFile(config, 'utf8')).replace('port: 8080', `port: ${await freePort()}`))
        const server = shell(dev, folder)
        await server.says('listening on')
        expect(await finished(trigger, folder)).to.contain('"ErrorCode":10100')
        await server.says('> Group.CallbackBeforeSendMsg reject 10100')
        const tried = await finished(isJs ? attempt.replace('./dist/index.js', './index.js') : attempt, folder)
        expect(tried).to.contain('handled').and.contain('members joined')
      })
})
