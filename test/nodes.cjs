// Runs the suites that a Node's version matters to most on Node 22 and 24, which npm installs as a package.
const { spawnSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const path = require('node:path')

const VERSIONS = ['22', '24']
const folder = path.join('node_modules', '.cache', 'nodes')

function run(command, args, options = {}) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (status !== 0) process.exit(status ?? 1)
}

for (const version of VERSIONS) {
  const prefix = path.join(folder, version)
  const bin = path.join(prefix, 'node_modules', 'node', 'bin')
  if (!existsSync(path.join(bin, 'node'))) run('npm', ['install', '--no-save', '--prefix', prefix, `node@${version}`])
  // Processes that tests start are to run on it too.
  const env = { ...process.env, TEST_TIER: 'nodes', PATH: `${path.join(process.cwd(), bin)}:${process.env.PATH}` }
  run('node', ['--version'], { env })
  run('node', [require.resolve('mocha/bin/mocha.js'), '--reporter', 'dot'], { env })
}
