import { crash } from '../test/harness/crash/crash.ts'
import { brokenBy } from '../test/harness/crash/rules.ts'
import { mochaHooks } from '../test/harness/hooks.ts'

// By hand: npm run build && node dist/bench/crash.js [sqlite|redis|postgres] [rounds] [callbacks]
const [first = 'sqlite', ...numbers] = process.argv.slice(2)
const engine = first === 'redis' || first === 'postgres' ? first : 'sqlite'
const [rounds = 25, callbacks = 25_000] = numbers.map(Number)
const plan = Array.from({ length: rounds }, (_, round) => ({
  callbacks: Math.ceil(callbacks / rounds),
  signal: 'SIGKILL' as const,
  at: 0.3 + 0.7 * Math.random(),
  killsStore: round % 5 === 4,
}))
const figures = await crash({ rounds: plan, engine }, (line) => void process.stdout.write(`${line}\n`))
process.stdout.write(`${JSON.stringify(figures, undefined, 2)}\n`)
await mochaHooks.afterEach()
process.exit(Object.keys(brokenBy(figures)).length === 0 ? 0 : 1)
