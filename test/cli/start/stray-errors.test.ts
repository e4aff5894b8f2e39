import { expect } from 'chai'
import { folderWith, startCommand } from '../../harness/cli.ts'
import { FULL } from '../../harness/plugin.ts'

const CONFIG = `
server: { port: 0, drainMs: 0 }
admin: false
apps: [{ sdkAppId: 7, unsigned: true }]
delivery: { engine: memory }
plugins: [{ use: ./other.mjs }, { use: ./stray.mjs, id: lost }]
`
const OTHER = `export default { name: 'other', handlers: { '${FULL}': () => new Promise(() => undefined) } }`
const STRAY = `
import { leave } from './lib.mjs'
export default { name: 'stray', handlers: { '${FULL}': () => new Promise(() => leave()) } }`
const LIB = `
export const leave = () => void Promise.reject(new Error('secret words', { cause: new Error('more words') }))`

describe('an error that a plugin leaves unhandled', () => {
  it('is logged with plugin, callback, command and place, and without its message', async () => {
    const files = { 'config/plugins.yaml': CONFIG, 'config/other.mjs': OTHER, 'config/stray.mjs': STRAY }
    const cwd = await folderWith({ ...files, 'config/lib.mjs': LIB })
    const { url, line } = await startCommand(cwd, [])
    await fetch(`${url}?SdkAppid=7&CallbackCommand=${FULL}`, { method: 'POST', body: '{"GroupId":"@TGS#1"}' })
    const told = await line(({ msg }) => msg === 'internal error')
    // Both plugins are in the folder of lib.mjs, so the stack's next file decides.
    expect(told).to.include({ plugin: 'lost', command: FULL })
    expect(told['callback']).to.match(/^[0-9a-z]{22}$/)
    expect((told['error'] as { at: string }).at).to.match(/config\/lib\.mjs:2:\d+$/)
    expect(JSON.stringify(told)).to.not.contain('words')
  })
})
