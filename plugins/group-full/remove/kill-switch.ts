import { stat } from 'node:fs/promises'
import { Halt } from '../report/outcome.ts'

/** Throws while the stop file exists, or cannot be checked. */
export async function checkKillSwitch(file: string): Promise<void> {
  try {
    await stat(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new Halt('killed', `nobody can tell whether ${file} is there: nobody is removed`)
  }
  throw new Halt('killed', `${file} is there: nobody is removed`)
}
