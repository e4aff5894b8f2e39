import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AdminInput } from '../../config/sections/admin.ts'
import type { PluginInput } from '../../config/sections/plugins.ts'
import { en } from '../../core/page/i18n/en.ts'
import { zh } from '../../core/page/i18n/zh.ts'
import { definePlugin, Type } from '../../core/plugin.ts'
import { stopAfterTest } from '../harness/hooks.ts'
import { BEFORE, FULL, full, message } from '../harness/plugin.ts'
import { serve, type TestServer } from '../harness/server.ts'

/** What a browser says of its language, and the texts that a person then sees. */
export const LANGUAGES = [
  { locale: 'en-US', texts: en },
  { locale: 'zh-CN', texts: zh },
] as const
export const SECRET = 'hush-hush-of-the-test'

export interface Shown {
  readonly server: TestServer
  /** Where the page is. */
  readonly url: string
  /** What the plugin `fails` does: it throws this, or notes the ids of what it gets. */
  readonly plays: { fault: string | undefined; handled: string[] }
}

/** A real server with its page, and plugins of all kinds: one that works, one that fails, one that rejects. */
export async function shownServer(
  admin: Exclude<AdminInput, false> = {},
  more: readonly PluginInput[] = [],
): Promise<Shown> {
  const folder = await mkdtemp(join(tmpdir(), 'timhook-page-'))
  stopAfterTest(() => rm(folder, { recursive: true, force: true }))
  const plays: Shown['plays'] = { fault: 'out of order', handled: [] }
  const server = await serve({
    admin: { port: 0, bodies: true, write: true, ...admin },
    delivery: { engine: 'sqlite', sqlite: { file: join(folder, 'timhook.db') } },
    plugins: [
      { use: works, options: { password: SECRET } },
      { use: failing(plays), retry: { attempts: 1 } },
      { use: gate },
      ...more,
    ],
  })
  return { server, url: server.server.adminUrl ?? '', plays }
}

/** Handles all callbacks, and has a table. */
const works = definePlugin({
  name: 'works',
  options: Type.Object({ password: Type.String({ secret: true }) }),
  handlers: { '*': () => undefined },
  commands: {
    runs: {
      description: 'What it has done',
      view: true,
      run: () => [
        { group: '@TGS#1', removed: 3, why: '<b>silent</b> for 90 days' },
        { group: '@TGS#2', removed: 0, why: '' },
      ],
    },
  },
})

function failing(plays: Shown['plays']) {
  return definePlugin({
    name: 'fails',
    handlers: {
      [FULL]: ({ id }: { id: string }) => {
        if (plays.fault !== undefined) throw new Error(plays.fault)
        plays.handled.push(id)
      },
    },
  })
}

/** Rejects every message. */
const gate = definePlugin({ name: 'gate', handlers: { [BEFORE]: ({ reject }) => reject(10100, 'No links') } })

/** Sends a callback that becomes a dead letter, and waits until it is one. */
export async function sendFull(
  { server }: Shown,
  more: object = {},
  query: Record<string, string> = {},
): Promise<void> {
  const dead = new Promise<void>((settle) => server.bus.on('callback:dead', () => settle()))
  await server.post(FULL, full(more), query)
  await dead
}

/** Sends a message that is rejected. */
export async function sendMessage(
  { server }: Shown,
  more: object = {},
  query: Record<string, string> = {},
): Promise<void> {
  await server.post(BEFORE, message('hello', more), query)
}
