import { TimhookError } from '../../errors.ts'
import { examinePlugin } from '../doctor/examine-plugin.ts'
import { escapeControls } from '../output/terminal-escape.ts'

const SIGNS = { fine: 'ok     ', advice: 'advice ', fault: 'FAULT  ' } as const

/**
 * `timhook doctor PLUGIN`: looks at a plugin as an operator would before running it: package, import, shape.
 * @throws TimhookError PLUGIN_INVALID if it has a fault
 */
export async function doctor(use: string, { json = false }: { json?: boolean }): Promise<void> {
  const findings = await examinePlugin(use, process.cwd())
  if (json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`)
  else for (const { level, text } of findings) process.stdout.write(`${SIGNS[level]}${escapeControls(text)}\n`)
  const faults = findings.filter(({ level }) => level === 'fault')
  if (faults.length > 0) throw new TimhookError('PLUGIN_INVALID', `plugin ${use} has ${faults.length} faults`)
}
