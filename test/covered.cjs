const { spawnSync } = require('node:child_process')
const { forbidPending } = require('../.mocharc.cjs')

// Where suites are left out, what they would have covered is missing.
const check = forbidPending ? [] : ['--no-check-coverage']
const { status } = spawnSync('npx', ['--no-install', 'c8', ...check, 'mocha'], { stdio: 'inherit' })
process.exitCode = status ?? 1
