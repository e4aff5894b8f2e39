import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { EventEmitter, once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type AddressInfo, connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { folderWith } from '../harness/cli.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { BEFORE, FULL, full, message } from '../harness/plugin.ts'
import { serve } from '../harness/server.ts'

const FOLDER = 'docs/examples/receivers'
const TOKEN = 'token-of-the-receiver'

interface Example {
  readonly file: string
  /** The command whose absence means that the language is not installed. */
  readonly needs: readonly string[]
  readonly start: (port: number, folder: string) => Promise<readonly string[]>
}

const at = (file: string): string => join(FOLDER, file)

const examples: readonly Example[] = [
  {
    file: 'receiver.py',
    needs: ['python3', '--version'],
    start: async (port) => ['python3', at('receiver.py'), `${port}`],
  },
  {
    file: 'Receiver.java',
    needs: ['java', '--version'],
    start: async (port) => ['java', at('Receiver.java'), `${port}`],
  },
  {
    file: 'receiver.php',
    needs: ['php', '--version'],
    start: async (port) => ['php', '-S', `127.0.0.1:${port}`, at('receiver.php')],
  },
  {
    file: 'receiver.go',
    needs: ['go', 'version'],
    start: async (port, folder) => {
      const built = spawnSync('go', ['build', '-o', join(folder, 'receiver'), at('receiver.go')], { encoding: 'utf8' })
      expect(built.stderr).to.equal('')
      return [join(folder, 'receiver'), `${port}`]
    },
  },
]

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}

/** Resolves once somebody listens; rejects if the program ends before. */
async function listening(child: ChildProcess, port: number): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the receiver ended with ${child.exitCode}`)
    const socket = connect(port, '127.0.0.1')
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'error').then(() => false),
    ]).catch(() => false)
    socket.destroy()
    if (isOpen) return
    await delay(20)
  }
}

describe('the receivers of the guide to forward', () => {
  for (const { file, needs, start } of examples) {
    const text = readFileSync(at(file), 'utf8')

    it(`${file} has fewer than 40 lines, and both guides link to it`, () => {
      expect(text.trimEnd().split('\n').length).to.be.below(40)
      for (const language of ['en', 'zh']) {
        expect(readFileSync(`docs/${language}/forward.md`, 'utf8')).to.contain(`](../examples/receivers/${file})`)
      }
    })

    const [program = '', ...version] = needs
    const isInstalled = spawnSync(program, version).status === 0
    // Languages differ from machine to machine, and a receiver can be shown only where its own is installed.
    if (!isInstalled) continue

    it(`${file} takes what forward sends, decides, and refuses another token`, async () => {
      const port = await freePort()
      const [command = '', ...args] = await start(port, await folderWith({}))
      const child = spawn(command, args, { env: { ...process.env, TOKEN }, stdio: ['ignore', 'pipe', 'pipe'] })
      let output = ''
      const said = new EventEmitter()
      for (const stream of [child.stdout, child.stderr]) {
        stream.on('data', (data: Buffer) => {
          output += data.toString()
          said.emit('data')
        })
      }
      stopAfterTest(async () => void child.kill('SIGKILL'))
      await listening(child, port)
      const url = `http://127.0.0.1:${port}/callbacks`
      const { post, bus } = await serve({
        plugins: [
          { use: 'forward', options: { url, token: TOKEN, decide: true } },
          { use: 'forward', id: 'wrong', retry: { attempts: 1 }, options: { url, token: 'another-token' } },
        ],
      })
      const done = bus.next('handler:done', ({ plugin, command: of }) => plugin === 'forward' && of === FULL)
      const dead = bus.next('callback:dead')
      expect((await post(BEFORE, message('hello'))).json).to.include({ ErrorCode: 0 })
      expect((await post(BEFORE, message('the casino'))).json).to.include({ ErrorCode: 10100 })
      await post(FULL, full())
      const { id } = await done
      expect(await dead).to.include({ plugin: 'wrong' })
      expect((await dead).error).to.contain('answered 401')
      while (!output.includes(id)) await once(said, 'data')
    })
  }
})
