import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import satisfies from 'semver/functions/satisfies.js'
import { importFault } from '../../host/import/import-fault.ts'
import { defaultExport } from '../../host/import/import-plugin.ts'
import { manifestOf } from '../../host/import/manifest.ts'
import { version } from '../../host/import/version.ts'
import { asPlugin, pluginWarnings } from '../../host/plugin-shape.ts'
import { resolvePlugin } from '../../host/resolve.ts'
import { isObject } from '../../lib/json.ts'
import type { Plugin } from '../../plugin.ts'
import { advice, fault, type Finding } from './finding.ts'
import type { SideEffects } from './import-alone.ts'

const IMPORT_MS = 30_000
const SCRIPTS = ['preinstall', 'install', 'postinstall', 'prepare']
const SECRET = /token|secret|password|apikey|credential/i
const PREFIX = 'timhook-plugin-'
const ENDS = 'it ends'

/** Examines a plugin as an operator would before running it: its package, its import, its shape. */
export async function examinePlugin(use: string, folder: string): Promise<Finding[]> {
  let url: string | undefined
  try {
    url = await resolvePlugin(use, folder)
    const findings = examinePackage(fileURLToPath(url))
    const { effects } = await importAlone(url)
    for (const effect of effects) findings.push(fault(`importing it has a side effect: ${effect}; do it in setup`))
    // Importing it here would end this process too.
    if (effects.some((effect) => effect.startsWith(ENDS))) return findings
    if (effects.length === 0) findings.push({ level: 'fine', text: 'importing it has no side effect' })
    const plugin = asPlugin(defaultExport((await import(url)) as { default?: unknown }))
    return [...findings, ...examineShape(plugin)]
  } catch (error) {
    return [fault(await importFault(error, url))]
  }
}

function examinePackage(file: string): Finding[] {
  const manifest = manifestOf(file)
  if (!manifest) return [advice('it is not in a package; a package.json says which timhook it works with')]
  const { name, keywords, scripts, dependencies, peerDependencies } = manifest
  const findings: Finding[] = []
  const last = String(name).split('/').at(-1) ?? ''
  if (!last.startsWith(PREFIX))
    findings.push(advice(`its package is called ${String(name)}; \`use: NAME\` finds ${PREFIX}NAME`))
  if (!Array.isArray(keywords) || !keywords.includes('timhook-plugin')) {
    findings.push(advice('its package lacks the keyword timhook-plugin, by which others find it'))
  }
  const peer = isObject(peerDependencies) ? peerDependencies['timhook'] : undefined
  if (typeof peer !== 'string') {
    const has = isObject(dependencies) && 'timhook' in dependencies
    const instead = has ? ' instead of a dependency, which installs a second copy' : ''
    findings.push(fault(`its package must name timhook as a peer dependency${instead}: "timhook": "^${version}"`))
  } else if (!peer.startsWith('file:') && !satisfies(version, peer, { includePrerelease: true })) {
    findings.push(fault(`its package works with timhook ${peer}, and this is ${version}`))
  }
  const run = SCRIPTS.filter((script) => isObject(scripts) && script in scripts)
  if (run.length > 0) findings.push(fault(`its package runs scripts when it is installed: ${run.join(', ')}`))
  return findings.length > 0 ? findings : [{ level: 'fine', text: `its package fits timhook ${version}` }]
}

function examineShape(plugin: Plugin): Finding[] {
  const findings = pluginWarnings(plugin).map(advice)
  const properties =
    isObject(plugin.options) && isObject(plugin.options['properties']) ? plugin.options['properties'] : {}
  for (const [name, option] of Object.entries(properties)) {
    if (!isObject(option)) continue
    if (typeof option['description'] !== 'string') findings.push(advice(`option ${name} has no description`))
    if (SECRET.test(name) && option['secret'] !== true) {
      findings.push(advice(`option ${name} looks like a secret: \`secret: true\` masks it in all that is printed`))
    }
  }
  const commands = Object.keys(plugin.handlers)
  findings.push({ level: 'fine', text: `plugin ${plugin.name} handles ${commands.join(', ') || 'nothing'}` })
  return findings
}

/** Imports the module in a separate process. */
function importAlone(url: string): Promise<SideEffects> {
  const child = fork(new URL('./import-alone.js', import.meta.url), [url], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  return new Promise((resolve) => {
    let stderr = ''
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    const timer = setTimeout(() => child.kill('SIGKILL'), IMPORT_MS)
    child.once('message', (effects) => resolve(effects as SideEffects))
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      // If the import fails, the import that follows reports it.
      const ended = signal ? [`${ENDS} not within ${IMPORT_MS / 1000} s`] : code === 0 ? ['it ends the process'] : []
      resolve({ effects: stderr === '' ? ended : [] })
    })
  })
}
