import { crash } from '../test/harness/crash.ts'
import { mochaHooks } from '../test/harness/hooks.ts'

// By hand: npm run build && node dist/bench/crash.js [rounds] [callbacks]
const [rounds = 25, callbacks = 100_000] = process.argv.slice(2).map(Number)
const figures = await crash({ rounds, callbacks }, (line) => void process.stdout.write(`${line}\n`))
process.stdout.write(`${JSON.stringify(figures)}\n`)
await mochaHooks.afterEach()
process.exit(figures.lost === 0 ? 0 : 1)
