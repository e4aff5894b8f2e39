// Prepares a release: `npm run release -- 0.2.0`. A person then publishes and pushes with the commands that it prints.
// `npm run release -- --dry-run` does everything except `npm version`.
const { spawnSync } = require('node:child_process')
const { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } = require('node:fs')
const os = require('node:os')
const path = require('node:path')

const SMOKE = ['20', '22', '24']
const [argument] = process.argv.slice(2)
const isDry = argument === '--dry-run'

function fail(why) {
  process.stderr.write(`${why}\n`)
  process.exit(1)
}

function run(command, args, options = {}) {
  process.stdout.write(`$ ${[command, ...args].join(' ')}\n`)
  const { status } = spawnSync(command, args, { stdio: 'inherit', ...options })
  if (status !== 0) fail(`${command} ended with ${status}`)
}

function read(command, args, options = {}) {
  const { status, stdout } = spawnSync(command, args, { encoding: 'utf8', ...options })
  if (status !== 0) fail(`${command} ${args.join(' ')} ended with ${status}`)
  return stdout.trim()
}

/** Node of this version, installed as a package. */
function nodeOf(version) {
  const prefix = path.resolve('node_modules/.cache/nodes', version)
  const bin = path.join(prefix, 'node_modules/node/bin')
  if (!existsSync(path.join(bin, 'node'))) run('npm', ['install', '--no-save', '--prefix', prefix, `node@${version}`])
  return bin
}

/** Installs the packed file as a user would, and lets the command write a config, check it and load a plugin. */
function smoke(version, tarball, parent) {
  const cwd = path.join(parent, version)
  mkdirSync(cwd)
  writeFileSync(path.join(cwd, 'package.json'), '{ "type": "module" }')
  const env = { ...process.env, PATH: `${nodeOf(version)}:${process.env.PATH}` }
  run('npm', ['install', '--no-audit', '--no-fund', tarball], { cwd, env })
  const node = read('node', ['--version'], { env })
  if (!node.startsWith(`v${version}.`)) fail(`expected Node ${version}, got ${node}`)
  const timhook = (...args) => read('node', ['node_modules/timhook/dist/core/cli/main.js', ...args], { cwd, env })
  timhook('init')
  if (!timhook('check').includes('plugins group-full')) fail(`timhook check printed something else on Node ${version}`)
  const tried = timhook(
    'try',
    'keyword-filter',
    'Group.CallbackBeforeSendMsg',
    '--options',
    '{"words":["red"],"action":"reject"}',
  )
  if (!tried.includes('10100')) fail(`timhook try rejects nothing on Node ${version}: ${tried}`)
  process.stdout.write(`Node ${node}: installs, checks and decides\n`)
}

const { name, version: current } = JSON.parse(readFileSync('package.json', 'utf8'))
const version = isDry ? current : argument
if (!/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version ?? '')) fail('usage: npm run release -- VERSION, or --dry-run')
const section = readFileSync('CHANGELOG.md', 'utf8')
  .split('\n')
  .find((line) => line.startsWith(`## [${version}]`))
if (section === undefined) fail(`CHANGELOG.md has no section ${version}`)
if (!isDry) {
  if (section.endsWith('unreleased')) fail(`CHANGELOG.md: give section ${version} its date`)
  if (read('git', ['status', '--porcelain']) !== '') fail('the working tree has changes')
  if (version !== current) {
    run('npm', ['version', version, '--no-git-tag-version'])
    // The OpenAPI and AsyncAPI documents name the version.
    run('npm', ['run', 'build'])
    run('npm', ['run', 'docs'])
  }
}
const folder = mkdtempSync(path.join(os.tmpdir(), 'timhook-release-'))
try {
  // `prepack` cleans and builds.
  run('npm', ['pack', '--pack-destination', folder])
  const tarball = path.join(folder, `${name}-${version}.tgz`)
  run('npx', ['--no-install', 'publint', '--strict', tarball])
  run('npx', ['--no-install', 'attw', '--profile', 'esm-only', tarball])
  for (const node of SMOKE) smoke(node, tarball, folder)
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.stdout.write(`${name} ${version} is ready:\n`)
if (!isDry) {
  process.stdout.write(
    `  git commit -am "Release ${version}" && git tag -a v${version} -m "Release ${version}"\n  npm publish && git push --follow-tags\n`,
  )
}
