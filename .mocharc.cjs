const { spawnSync } = require('node:child_process')

const specs = {
  local: { spec: ['dist/test/**/*.test.js'], ignore: ['dist/test/**/*.servers.test.js', 'dist/test/package/**'] },
  servers: { spec: ['dist/test/**/*.servers.test.js'] },
  package: { spec: ['dist/test/package/**/*.test.js'] },
  all: { spec: ['dist/test/**/*.test.js'] },
}

// Suites are left out where the server that they need is not installed, but never in CI. Nothing else may be skipped.
const maySkip = spawnSync('redis-server', ['--version']).error !== undefined && !process.env.CI

module.exports = {
  ...specs[process.env.TEST_TIER ?? 'all'],
  timeout: 20000,
  forbidOnly: true,
  forbidPending: !maySkip,
  require: ['dist/test/harness/hooks.js'],
  parallel: true,
  jobs: 3,
}
