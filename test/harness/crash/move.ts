import { setTimeout as delay } from 'node:timers/promises'
import { expect } from 'chai'
import { folderWith, run, type StartedServer, startCommand } from '../cli.ts'
import { settled } from './crash.ts'
import { APP, type DeedsOf, underLoad } from './load.ts'
import { crashFiles, NAMES } from './plugins.ts'
import { type Call, type Life, nowMicros, readCalls, type Suspect, suspectsIn } from './record.ts'
import { type Findings, findingsOf } from './rules.ts'
import { type CrashStore, deadLettersOf } from './stores.ts'

const FIRST = 'config/plugins.yaml'
const SECOND = 'config/second.yaml'
const CALLBACKS = 600
const POLL_MS = 100
/** Crowded groups still have a backlog in the first deployment when the second one gets their next callbacks. */
const deedsOf: DeedsOf = (n, isCrowd) => ({ Ms: isCrowd ? 30 : n % 4, Fails: n % 10 === 0 ? 1 + (n % 3) : 0 })

export interface Moved extends Findings {
  readonly acknowledged: number
  readonly sent: number
  /** Calls in each deployment. */
  readonly calls: readonly [first: number, second: number]
}

/**
 * Moves callbacks from one deployment to another under load, as docs/en/scale.md describes it: the second one has every
 * plugin on hold until the first has drained and stopped.
 */
export async function move(from: CrashStore, to: CrashStore): Promise<Moved> {
  const files = crashFiles(from.delivery, APP)
  const folder = await folderWith({ ...files, [SECOND]: crashFiles(to.delivery, APP)[FIRST] ?? '' })
  const order = async (command: 'pause' | 'resume'): Promise<void> => {
    for (const name of NAMES) {
      const { code, stderr } = await run([command, name, '--config', SECOND], { cwd: folder })
      expect(code, stderr).to.equal(0)
    }
  }
  const first = await started(from, folder, FIRST)
  const second = await started(to, folder, SECOND)
  await order('pause')
  let urls = first.map(({ url }) => url)
  const sent = await underLoad({
    count: CALLBACKS,
    first: 0,
    deedsOf,
    urls: () => urls,
    onSend(next) {
      if (next === CALLBACKS / 2) urls = second.map(({ url }) => url)
    },
  })
  const drained = await from.history(folder)
  while ((await drained.backlogs()).length > 0) await delay(POLL_MS)
  await drained.close()
  const lives = await ended(first)
  await order('resume')
  const suspects = (): Suspect[] => suspectsIn([...first, ...second].flatMap(({ lines }) => lines))
  await settled(folder, sent, suspects)
  lives.push(...(await ended(second)))
  const deadLetters = new Set([
    ...(await deadLettersOf(await from.history(folder))),
    ...(await deadLettersOf(await to.history(folder))),
  ])
  const calls = readCalls(folder)
  const all = [...calls.values()].flat()
  const pids = new Set(first.map(({ child }) => String(child.pid)))
  const isFirst = ({ life }: Call): boolean => pids.has(life.split('.')[0] ?? '')
  const inFirst = all.filter(isFirst).length
  return {
    ...findingsOf({ sent, lives, suspects: suspects(), calls, deadLetters }),
    sent: sent.length,
    acknowledged: sent.filter(({ at }) => at !== undefined).length,
    calls: [inFirst, all.length - inFirst],
  }
}

function started({ processes }: CrashStore, folder: string, config: string): Promise<StartedServer[]> {
  const start = (): Promise<StartedServer> => startCommand(folder, ['--port', '0', '--config', config])
  return Promise.all(Array.from({ length: processes }, start))
}

async function ended(servers: readonly StartedServer[]): Promise<Life[]> {
  const lives: Life[] = []
  for (const { child, ended: end } of servers) {
    lives.push({ pid: child.pid ?? 0, signal: 'SIGTERM', at: nowMicros() })
    child.kill('SIGTERM')
    await end
  }
  return lives
}
