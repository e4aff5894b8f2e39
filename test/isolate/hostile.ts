/** What a handler does before it goes on, by name. */
const deeds: Readonly<Record<string, string>> = {
  loop: 'for (;;);',
  recursion: 'const deeper = (n) => deeper(n + 1) + 1; deeper(0)',
  heap: 'const all = []; for (;;) all.push(new Array(1e5).fill(all.length))',
  exit: 'process.exit(0)',
  'uncaught in a timer': "setTimeout(() => { throw new Error('uncaught') }); await new Promise(() => undefined)",
  'rejection later': "setTimeout(() => void Promise.reject(new Error('later')))",
  pollution: `
    Object.prototype.polluted = 'x'
    Object.defineProperty(Object.prototype, 'outcome', { value: 'reject', writable: true })
    Array.prototype.includes = () => true
    Promise.prototype.finally = undefined`,
  garbage: 'return Object.create({ then: 5, toJSON() { return this } })',
  'never settling': 'await new Promise(() => undefined)',
  'a million log lines': "for (let n = 0; n < 1e6; n++) log.warn({ n }, 'flood')",
  'many lines on standard output': "for (let n = 0; n < 1e5; n++) console.log('flood')",
  'kill itself': "process.kill(process.pid, 'SIGKILL'); for (;;);",
  'kill its group': "process.kill(0, 'SIGTERM'); process.kill(0, 'SIGINT')",
  'closed descriptors': `
    const { closeSync } = await import('node:fs')
    for (let fd = 0; fd < 100; fd++) try { closeSync(fd) } catch {}
    await new Promise(() => undefined)`,
  '2 GB of buffers': 'const all = []; for (let n = 0; n < 20; n++) all.push(Buffer.alloc(1e8, 1)); for (;;);',
  'a native crash': 'process.abort()',
}

/** A plugin, as the text of a module, that does what callbacks tell it to. */
export const hostile = `
const deeds = {
${Object.entries(deeds)
  .map(([name, code]) => `  ${JSON.stringify(name)}: async (log) => { ${code} },`)
  .join('\n')}
}

export default {
  name: 'hostile',
  handlers: {
    'Group.CallbackBeforeSendMsg': ({ body, log }) => deeds[body.CloudCustomData]?.(log),
    'Group.CallbackAfterGroupFull': async ({ body, log, emit }) => {
      const returned = await deeds[body.Do]?.(log)
      await new Promise((resolve) => setTimeout(resolve, 2))
      emit('done', { group: body.GroupId, n: body.N })
      return returned
    },
  },
}
`
