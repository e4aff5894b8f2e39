import { spawnSync } from 'node:child_process'

/** Runs promtool, and returns all that it says; `status` is 0 when it has no complaint. */
export function promtool(args: readonly string[], input = ''): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}
