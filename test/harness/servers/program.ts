import { spawnSync } from 'node:child_process'

/** Whether a program is installed. Where CI runs, it has to be. */
function hasProgram(name: string): boolean {
  const { error } = spawnSync(name, ['--version'], { stdio: 'ignore' })
  if (error && process.env['CI']) throw new Error(`${name} is not installed`, { cause: error })
  return error === undefined
}

/** Tests that need a program; where there is none, their title says that they were left out. */
export function describeWithProgram(name: string, title: string, tests: () => void): void {
  if (hasProgram(name)) describe(title, tests)
  else describe.skip(`${title}: no ${name} is installed`, tests)
}
