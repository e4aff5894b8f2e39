import { TimhookError } from '../../errors.ts'
import { examinePlugin } from '../doctor/examine-plugin.ts'
import type { Finding } from '../doctor/finding.ts'
import { readChosenConfig } from '../input/config.ts'
import { exitOnClosedPipe } from '../output/output.ts'
import { escapeControls } from '../output/terminal-escape.ts'

const SIGNS = { fine: 'ok     ', advice: 'advice ', fault: 'FAULT  ' } as const

export interface DoctorOptions {
  readonly config?: string
  /** The URL that is set in the console. */
  readonly url?: string
  readonly json?: boolean
}

/**
 * `timhook doctor PLUGIN` examines a plugin as an operator would before running it: package, import, shape.
 * `timhook doctor` examines the deployment: config, store, server, clock, and the URL of the console.
 * @throws TimhookError PLUGIN_INVALID or DEPLOYMENT_FAULTY if there is a fault
 */
export async function doctor(use: string | undefined, { config, url, json = false }: DoctorOptions): Promise<void> {
  exitOnClosedPipe()
  if (use !== undefined) {
    const faults = print(await examinePlugin(use, process.cwd()), json)
    if (faults > 0) throw new TimhookError('PLUGIN_INVALID', `plugin ${use} has ${count(faults)}`)
    return
  }
  // It loads all engines, which are not needed to examine a plugin.
  const { examineDeployment } = await import('../doctor/examine-deployment.ts')
  const faults = print(await examineDeployment(await readChosenConfig(config), { url }), json)
  if (faults > 0) throw new TimhookError('DEPLOYMENT_FAULTY', `the deployment has ${count(faults)}`)
}

const count = (faults: number): string => `${faults} ${faults === 1 ? 'fault' : 'faults'}`

/** Prints the findings, and returns the number of faults. */
function print(findings: readonly Finding[], json: boolean): number {
  if (json) process.stdout.write(`${JSON.stringify(findings, null, 2)}\n`)
  else for (const { level, text } of findings) process.stdout.write(`${SIGNS[level]}${escapeControls(text)}\n`)
  return findings.filter(({ level }) => level === 'fault').length
}
