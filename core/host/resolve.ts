import { existsSync, readdirSync } from 'node:fs'
import { dirname, isAbsolute, join, resolve as resolvePath } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { TimhookError } from '../errors.ts'
import { suggestion } from '../lib/suggest.ts'

const PREFIX = 'timhook-plugin-'
const PACKAGE = /^(?:@[a-z0-9][\w.-]*\/)?[a-z0-9][\w.-]*$/i

/**
 * Resolves `use` to the URL of a module: a shipped plugin, a path relative to the config, or a package (`crm` and
 * `timhook-plugin-crm` are the same). Packages are searched from the folder of the config, the working directory and
 * from here.
 * @throws TimhookError PLUGIN_NOT_FOUND with what was tried
 */
export async function resolvePlugin(use: string, folder: string): Promise<string> {
  if (isAbsolute(use) || /^\.{1,2}[/\\]/.test(use)) return resolveFile(use, folder)
  if (!PACKAGE.test(use)) throw notFound(use, 'it is neither a name nor a path', 'A path starts with ./ or /.')
  if (isShipped(use)) return shippedUrl(use).href
  for (const name of packageNames(use)) {
    for (const parent of [join(folder, 'config'), join(process.cwd(), 'cwd'), fileURLToPath(import.meta.url)]) {
      const url = await tryPackage(name, pathToFileURL(parent).href)
      if (url === undefined) continue
      if (existsSync(fileURLToPath(url))) return url
      throw notFound(use, `the package ${name} has no file ${fileURLToPath(url)}`, 'Is it built?')
    }
  }
  const names = packageNames(use)
  const near = suggestion(
    use.replace(PREFIX, '').toLowerCase(),
    readdirSync(new URL('../../plugins/', import.meta.url)),
  )
  const what = `no shipped plugin and no package ${names.join(' or ')}${near}`
  // A misspelt name of a shipped plugin must not lead to installing a similar package of a stranger.
  throw notFound(use, what, near === '' ? `npm install ${names.at(-1)}` : '')
}

/** Whether timhook ships a plugin with this name. */
export function isShipped(name: string): boolean {
  return PACKAGE.test(name) && existsSync(shippedUrl(name))
}

function shippedUrl(name: string): URL {
  return new URL(`../../plugins/${name}/index.js`, import.meta.url)
}

function resolveFile(use: string, folder: string): string {
  const file = resolvePath(folder, use)
  if (existsSync(file)) return pathToFileURL(file).href
  const isBuilt = existsSync(dirname(file)) ? '' : 'Is it built? '
  throw notFound(use, `there is no file ${file}`, `${isBuilt}A relative path starts from ${folder}.`)
}

/** The package names to try: the name as given, if it may be one, then the name with the prefix for plugins. */
function packageNames(use: string): string[] {
  const [last = '', scope] = use.split('/').toReversed()
  if (last.startsWith(PREFIX)) return [use]
  return scope ? [use, `${scope}/${PREFIX}${last}`] : [`${PREFIX}${use}`]
}

async function tryPackage(name: string, parent: string): Promise<string | undefined> {
  // Shipped plugins and files do not need it.
  const { resolve } = await import('import-meta-resolve')
  try {
    return resolve(name, parent)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code !== 'ERR_MODULE_NOT_FOUND') throw error
    // If it is a path and not a name, the package exists, but not its main file.
    const [, path = ''] = /^Cannot find package '([^']+)'/.exec(message) ?? []
    if (isAbsolute(path)) throw notFound(name, `the package ${path} has no main file`, 'Is it built?')
    return undefined
  }
}

function notFound(use: string, why: string, hint: string): TimhookError {
  return new TimhookError('PLUGIN_NOT_FOUND', `plugin ${JSON.stringify(use)} was not found: ${why}`, { hint })
}
