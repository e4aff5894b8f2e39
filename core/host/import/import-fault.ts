import { fileURLToPath } from 'node:url'
import { TimhookError } from '../../errors.ts'
import { reasonOf } from '../../observe/loggable-error.ts'
import { syntaxErrorPlace } from './syntax-error.ts'

const PACKAGE = /^Cannot find package '([^']+)'/
const MODULE = /^Cannot find module '([^']+)'/
const PATH = /^(?:\.|\/|[a-z]:)/i
/** Node's message for CommonJS in a file that it treats as a module. */
const COMMON_JS = /^(?:exports|module|require|__dirname|__filename) is not defined/
/** Node's message for a module in a file that it treats as CommonJS. */
const MODULE_SYNTAX = /^(?:Cannot use import statement outside a module|Unexpected token 'export')/
const TYPESCRIPT = /^Unknown file extension "\.[cm]?tsx?"/
const NO_EXPORT = /^The requested module '([^']+)' does not provide an export named '([^']+)'/

/**
 * Says in one line why a plugin's module could not be imported, and what to do.
 * @param url of the module; undefined if it was not found
 */
export async function importFault(error: unknown, url: string | undefined): Promise<string> {
  if (error instanceof TimhookError) return error.hint ? `${error.message}; ${error.hint}` : error.message
  const { message = '' } = error instanceof Error ? error : {}
  const place = error instanceof SyntaxError ? await syntaxErrorPlace(error, url) : undefined
  // The fault may be in a module that this one imports.
  const known = url === undefined ? undefined : knownFault(message, place ?? fileURLToPath(url))
  if (known !== undefined) return known
  // The stack of a syntax error shows the importer.
  const reason = place === undefined ? reasonOf(error) : `${String(error)} (at ${place})`
  return reason.replaceAll('\n', ' ')
}

/** @param file the module, with the line if it is known */
function knownFault(message: string, file: string): string | undefined {
  const [, missing] = MODULE.exec(message) ?? []
  // CommonJS errors call a package a module, too.
  const [, name] = missing === undefined || PATH.test(missing) ? (PACKAGE.exec(message) ?? []) : ['', missing]
  if (name !== undefined) return `${file} imports the package ${name}, which is not installed; npm install ${name}`
  if (missing !== undefined) return `${file} imports ${missing}, which does not exist; is it built?`
  const [, from, wanted] = NO_EXPORT.exec(message) ?? []
  if (from !== undefined) {
    const version = from.startsWith('timhook') ? '; the plugin may be written for another version of timhook' : ''
    return `${file} imports ${wanted} from ${from}, which has no such export${version}`
  }
  if (COMMON_JS.test(message)) {
    return `${file} is CommonJS, and Node takes it for an ES module (${message.replace(/[, ]*\n[^]*| in ES module scope[^]*/, '')}); name it .cjs, or write import and export`
  }
  if (MODULE_SYNTAX.test(message)) {
    return `${file} is an ES module, and Node takes it for CommonJS; name it .mjs, or put "type": "module" into its package.json`
  }
  if (TYPESCRIPT.test(message)) {
    return `${file} is TypeScript, which Node ${process.versions.node} does not run; build it, and name the resulting JavaScript`
  }
  return undefined
}
