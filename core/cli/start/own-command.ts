import { relative } from 'node:path'

/** Returns what a person types to run this command. npx finds an installed one; in a clone npx would build first. */
export function ownCommand(): string {
  const script = process.argv[1] ?? ''
  return /[\\/]node_modules[\\/]/.test(script) ? 'npx timhook' : `node ${quoted(ownScript())}`
}

/** Returns the command line of this process without npm in front of it. */
export function directCommand(): string {
  return ['node', ownScript(), ...process.argv.slice(2)].map(quoted).join(' ')
}

/** Quotes an argument for a shell. */
export function quoted(argument: string): string {
  return /^[\w@%+=:,./\\-]+$/.test(argument) ? argument : `'${argument.replaceAll("'", String.raw`'\''`)}'`
}

function ownScript(): string {
  const script = process.argv[1] ?? ''
  const inside = relative(process.cwd(), script)
  return inside.startsWith('..') ? script : inside
}
