const { spawnSync } = require('node:child_process')

// The suites that need a redis-server are skipped where none is installed, but never in CI. Nothing else may be skipped.
const maySkip = spawnSync('redis-server', ['--version']).error !== undefined && !process.env.CI

module.exports = {
  spec: ['dist/test/**/*.test.js'],
  timeout: 20000,
  forbidOnly: true,
  forbidPending: !maySkip,
  require: ['dist/test/harness/hooks.js'],
  parallel: true,
  jobs: 3,
}
