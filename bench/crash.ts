import { crash } from '../test/harness/crash.ts'
import { mochaHooks } from '../test/harness/hooks.ts'

// By hand: npm run build && node dist/bench/crash.js [sqlite|redis] [rounds] [callbacks]
const [first = 'sqlite', ...numbers] = process.argv.slice(2)
const engine = first === 'redis' ? 'redis' : 'sqlite'
const [rounds = 25, callbacks = 100_000] = numbers.map(Number)
const figures = await crash({ rounds, callbacks, engine }, (line) => void process.stdout.write(`${line}\n`))
process.stdout.write(`${JSON.stringify(figures)}\n`)
await mochaHooks.afterEach()
process.exit(figures.lost === 0 ? 0 : 1)
