import { readdirSync, readFileSync } from 'node:fs'
import { posix } from 'node:path'
import { pathToFileURL } from 'node:url'
import { circles } from './circles.ts'
import { importsOf } from './imports.ts'
import { floorOf, printTable } from './table.ts'

const FOLDERS = ['core', 'config', 'plugins']

/** Source files and what each imports: paths from the root, and names of packages as they are written. */
export type Imports = ReadonlyMap<string, readonly string[]>

/** Reads the imports of every source file under the root. */
export function readImports(root = '.'): Imports {
  const files = FOLDERS.flatMap((folder) =>
    readdirSync(`${root}/${folder}`, { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file))
      .map((file) => posix.join(folder, file.replaceAll('\\', '/'))),
  )
  return new Map(files.toSorted().map((file) => [file, importsOf(readFileSync(`${root}/${file}`, 'utf8'), file)]))
}

/** Violations of the rules of the floors, one sentence each. */
export function faultsOf(imports: Imports): string[] {
  const faults = [...imports].flatMap(([file, imported]) => imported.flatMap((to) => faultOf(file, to) ?? []))
  const unplaced = [...imports.keys()].filter((file) => !isPlugin(file) && !floorOf(file))
  return [
    ...unplaced.map((file) => `${file} stands on no floor: add it to a row of test/floors/table.ts`),
    ...faults,
    ...circles(imports).map((circle) => `a circle: ${circle.join(' → ')}`),
  ]
}

function faultOf(file: string, to: string): string | undefined {
  const isOurs = FOLDERS.some((folder) => to.startsWith(`${folder}/`))
  if (isPlugin(file)) return pluginFault(file, to, isOurs)
  if (/^typebox(?:\/|$)/.test(to)) return `${file} imports ${to}; #typebox is the same in one file`
  if (file.startsWith('core/protocol/') && !to.startsWith('core/protocol/') && !/^#typebox(?:\/|$)/.test(to)) {
    return `${file} imports ${to}; core/protocol imports typebox and itself only`
  }
  const [from, target] = [floorOf(file), floorOf(to)]
  if (isOurs && isPlugin(to)) return `${file} imports ${to}; plugins are found through the config, not imported`
  if (!isOurs || !from || !target) return undefined
  if (target.floor > from.floor) return `${file} (floor ${from.floor}) imports ${to} (floor ${target.floor}): upward`
  if (target.floor < from.floor || target.at === from.at) return undefined
  return `${file} imports ${to}: both are on floor ${from.floor}, in different folders`
}

function pluginFault(file: string, to: string, isOurs: boolean): string | undefined {
  const own = file.split('/').slice(0, 2).join('/')
  const isProject = isOurs || /^timhook(?:\/|$)/.test(to)
  if (!isProject || to === 'timhook/plugin' || to.startsWith(`${own}/`)) return undefined
  return `${file} imports ${to}; a shipped plugin imports timhook/plugin and its own folder only`
}

function isPlugin(file: string): boolean {
  return file.startsWith('plugins/')
}

// By hand: node dist/test/floors/check.js
if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  process.stdout.write([printTable(), ...faultsOf(readImports()), ''].join('\n'))
}
