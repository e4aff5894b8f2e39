import { spawnSync } from 'node:child_process'

/** Whether promtool is installed. Where CI runs, it has to be. */
const hasPromtool = ((): boolean => {
  const { error } = spawnSync('promtool', ['--version'], { stdio: 'ignore' })
  if (error && process.env['CI']) throw new Error('promtool is not installed', { cause: error })
  return error === undefined
})()

/** Tests that need promtool; where there is none, their title says that they were left out. */
export function describeWithPromtool(title: string, tests: () => void): void {
  if (hasPromtool) describe(title, tests)
  else describe.skip(`${title}: no promtool is installed`, tests)
}

/** Runs promtool, and returns all that it says; `status` is 0 when it has no complaint. */
export function promtool(args: readonly string[], input = ''): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}
