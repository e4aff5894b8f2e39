import { attacks } from './attacks.ts'

// Runs in a separate process: node attacker.js NAME PORT SECONDS
const [name = '', port, seconds] = process.argv.slice(2)
const untilMs = Date.now() + Number(seconds) * 1000
const attack = attacks.find((attack) => attack.name === name)
if (!attack) throw new Error(`no attack ${name}`)
// The parent may be gone.
process.on('disconnect', () => process.exit(0))
await attack.run(Number(port), untilMs)
process.exit(0)
