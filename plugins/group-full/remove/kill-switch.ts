import { stat } from 'node:fs/promises'
import { Halt } from '../report/outcome.ts'

/** Throws while the stop file exists, or cannot be checked. */
export async function checkKillSwitch(file: string): Promise<void> {
  try {
    await stat(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return
    throw new Halt('killed', `cannot check whether ${file} exists: nobody is removed`)
  }
  throw new Halt('killed', `${file} exists: nobody is removed`)
}
