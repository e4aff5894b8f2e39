const { spawnSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const { availableParallelism, loadavg } = require('node:os')

const specs = {
  local: {
    spec: ['dist/test/**/*.test.js'],
    ignore: ['dist/test/**/*.{servers,browser}.test.js', 'dist/test/package/**'],
  },
  servers: { spec: ['dist/test/**/*.servers.test.js'] },
  browser: { spec: ['dist/test/**/*.browser.test.js'] },
  nodes: { spec: ['dist/test/{delivery,http,store}/**/*.test.js'], ignore: ['dist/test/**/*.servers.test.js'] },
  package: { spec: ['dist/test/package/**/*.test.js'] },
  all: { spec: ['dist/test/**/*.test.js'] },
}

// Suites are left out where the server that they need is not installed, but never in CI. Nothing else may be skipped.
const isMissing = (program) => spawnSync(program, ['--version']).error !== undefined
const maySkip =
  !process.env.CI &&
  (['redis-server', 'mariadbd', 'promtool', 'nginx', 'caddy', 'nats-server', 'systemd-analyze'].some(isMissing) ||
    ['/usr/bin/chromium', '/usr/lib/postgresql', '/usr/lib/rabbitmq'].some((folder) => !existsSync(folder)))

/** How many times as long everything takes here, beside other work. */
const slowdown = Number(process.env.TEST_SLOWDOWN ?? Math.max(1, loadavg()[0] / availableParallelism()))
// What hangs ends some time. It is no measure of anything, and no test has another one: a busy machine needs longer.
const timeout = 120_000 * slowdown
// Each process gets its share of a busy machine, so more of them get more. Browsers and servers are processes enough.
const jobs = slowdown > 5 && process.env.TEST_TIER === 'local' ? 8 : 3

module.exports = {
  ...specs[process.env.TEST_TIER ?? 'all'],
  timeout,
  forbidOnly: true,
  forbidPending: !maySkip,
  require: ['dist/test/harness/hooks.js'],
  parallel: true,
  jobs,
}
