import { expect } from 'chai'
import { definePlugin, type Plugin } from '../../core/plugin.ts'
import { serve } from '../harness/server.ts'

describe('setup and close', () => {
  const said: string[] = []
  const plugin = (name: string, more: Partial<Plugin> = {}): { use: Plugin } => ({
    use: definePlugin({
      name,
      setup: async () => void said.push(`setup ${name}`),
      handlers: {},
      close: () => void said.push(`close ${name}`),
      ...more,
    }),
  })

  beforeEach(() => {
    said.length = 0
  })

  it('run in config order, and in reverse', async () => {
    const { server } = await serve({ plugins: [plugin('a'), plugin('b')] })
    expect(said).to.deep.equal(['setup a', 'setup b'])
    await server.stop({ drainMs: 0 })
    expect(said.slice(2, 4)).to.deep.equal(['close b', 'close a'])
  })

  it('stop the start when a setup throws, by the name of the plugin, and close those before it', async () => {
    const bad = plugin('bad', { setup: () => Promise.reject(new Error('no database')) })
    const failed = await serve({ plugins: [plugin('a'), bad, plugin('c')] }).catch((error: unknown) => error)
    expect(failed).to.include({ code: 'PLUGIN_SETUP_FAILED' })
    expect(String(failed)).to.contain('plugin bad could not be set up: no database')
    expect(said).to.deep.equal(['setup a', 'close a'])
  })

  it('tell why a setup failed: its causes, and where', async () => {
    const bad = plugin('bad', {
      setup: () => Promise.reject(new Error('no database', { cause: new Error('connect ECONNREFUSED') })),
    })
    const failed = await serve({ plugins: [bad] }).catch((error: unknown) => error)
    expect(String(failed)).to.match(
      /could not be set up: no database; caused by Error: connect ECONNREFUSED \(at .*setup\.test\.js:\d+:\d+\)$/,
    )
  })

  it('stop the start when a setup does not settle, and close those before it', async () => {
    const endless = plugin('endless', { setup: () => new Promise(() => undefined) })
    const plugins = [plugin('a'), { ...endless, setupTimeoutMs: 50 }]
    const failed = await serve({ plugins }).catch((error: unknown) => error)
    expect(failed).to.include({ code: 'PLUGIN_SETUP_FAILED' })
    expect(String(failed)).to.contain('plugin endless could not be set up: setup did not settle within setupTimeoutMs')
    expect(said).to.deep.equal(['setup a', 'close a'])
  })

  it('go on when a close does not settle, and say so', async () => {
    const endless = plugin('endless', { close: () => new Promise(() => undefined) })
    const { server, lines } = await serve({ plugins: [plugin('a'), { ...endless, closeTimeoutMs: 50 }] })
    await server.stop({ drainMs: 0 })
    expect(said).to.contain('close a')
    expect(lines.join('')).to.contain('plugin endless: close has not settled after closeTimeoutMs, 50 ms')
  })

  it('close the others when one close throws', async () => {
    const bad = plugin('bad', {
      close: () => {
        throw new Error('cannot close')
      },
    })
    const { server, lines } = await serve({ plugins: [plugin('a'), bad] })
    await server.stop({ drainMs: 0 })
    expect(said).to.contain('close a')
    expect(lines.join('')).to.contain('cannot close')
  })

  it('hand the state from setup to handlers and close, and a signal that ends with the server', async () => {
    const seen: unknown[] = []
    const { server } = await serve({
      plugins: [
        {
          use: definePlugin({
            name: 'state',
            setup: ({ signal }) => ({ signal, n: 1 }),
            handlers: {},
            close: (state) => void seen.push(state.n, state.signal.aborted),
          }),
        },
      ],
    })
    await server.stop({ drainMs: 0 })
    expect(seen.slice(0, 2)).to.deep.equal([1, true])
  })
})
