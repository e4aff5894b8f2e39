import { spawnSync } from 'node:child_process'

/** Runs promtool and returns its output; `status` is 0 if it has no complaint. */
export function promtool(args: readonly string[], input = ''): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync('promtool', args, { input, encoding: 'utf8' })
  return { status, output: stdout + stderr }
}
