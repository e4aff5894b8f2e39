// Runs the tests of one tier: `local` needs Node alone, `servers` a redis-server, a postgresql and time for real processes, `browser` a chromium,
// `package` the packed tarball.
const { spawnSync } = require('node:child_process')
const { forbidPending } = require('../.mocharc.cjs')

const onServers = ['core/delivery/engines/{postgres,redis}/**', 'core/store/{postgres,redis}/**']
// Commands are tested as processes, which measure nothing.
const inProcesses = ['core/cli/**']
const built = (globs) => globs.flatMap((glob) => [glob, `dist/${glob}`])
const options = (name, globs) => built(globs).flatMap((glob) => [name, glob])

// What a tier is there for has to be covered by it, unless suites were left out.
const check = forbidPending ? [] : ['--no-check-coverage']
const coverage = {
  local: options('--exclude', ['**/*.d.ts', '**/write-schema.*', 'core/page/**', ...onServers, ...inProcesses]),
  servers: ['--reports-dir', 'coverage/servers', ...options('--include', onServers)],
}

const [tier = 'local'] = process.argv.slice(2)
const command = coverage[tier] ? ['c8', ...check, ...coverage[tier], 'mocha'] : ['mocha']
const env = { ...process.env, TEST_TIER: tier }
const { status } = spawnSync('npx', ['--no-install', ...command], { stdio: 'inherit', env })
process.exitCode = status ?? 1
