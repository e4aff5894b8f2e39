import { spawnSync } from 'node:child_process'

/** Whether a program is installed. In CI it must be. */
function hasProgram(name: string): boolean {
  const { error } = spawnSync(name, ['--version'], { stdio: 'ignore' })
  if (error && process.env['CI']) throw new Error(`${name} is not installed`, { cause: error })
  return error === undefined
}

/** Tests that need a program. If it is missing, their title says that they were skipped. */
export function describeWithProgram(name: string, title: string, tests: () => void): void {
  if (hasProgram(name)) describe(title, tests)
  else describe.skip(`${title}: no ${name} is installed`, tests)
}
