import { type CommandContext, CommandError, Type } from 'timhook/plugin'
import { openArchive } from '../archive.ts'
import type { Engine } from '../database/engine.ts'
import type { Options } from '../options.ts'
import type { Wanted } from './find.ts'

const UNITS: Readonly<Record<string, number>> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }
const AGO = /^(\d{1,8})([smhd])$/
const ISO = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,3})?)?(?:Z|[+-]\d{2}:\d{2})?)?$/

export const TIME = 'how long ago, such as 24h or 7d, or a time such as 2026-01-31 or 2026-01-31T08:00+08:00'

/** The options that select messages. */
export const whichMessages = {
  group: Type.Optional(Type.String({ minLength: 1, description: 'Messages of this group or topic' })),
  account: Type.Optional(Type.String({ minLength: 1, description: 'Messages that this account sent or got alone' })),
  app: Type.Optional(Type.Integer({ minimum: 1, description: 'Messages of this SdkAppid' })),
  since: Type.Optional(Type.String({ description: `From then on: ${TIME}` })),
  until: Type.Optional(Type.String({ description: 'Before then' })),
}

type Which = Partial<Readonly<Record<'group' | 'account' | 'since' | 'until', string>>> & { readonly app?: number }

export function wantedOf({ group, account, app, since, until }: Which): Wanted {
  return { group, account, app, since: timeOf('--since', since), until: timeOf('--until', until) }
}

/** The time in an option, milliseconds since 1970. */
export function timeOf(flag: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const [, count, unit] = AGO.exec(text) ?? []
  const at =
    count === undefined
      ? Date.parse(ISO.test(text) ? localUnlessZoned(text) : '')
      : Date.now() - Number(count) * (UNITS[unit ?? ''] ?? NaN)
  if (Number.isFinite(at)) return at
  throw new CommandError(`${flag} is not a time: ${JSON.stringify(text)}`, { hint: `Give ${TIME}.` })
}

/** JavaScript would read a date without a time as UTC. */
function localUnlessZoned(text: string): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text.replace(' ', 'T')
}

/** Opens the archive of a command, and closes it after its work. */
export async function withArchive<T>(options: Options, work: (engine: Engine) => Promise<T>): Promise<T> {
  let engine: Engine
  try {
    engine = await openArchive(options)
  } catch (error) {
    throw new CommandError(error instanceof Error ? error.message : 'the archive cannot be opened')
  }
  try {
    return await work(engine)
  } finally {
    await engine.db.destroy()
  }
}

/** The app of a command: the one given, or the only one that the REST API can be called for. */
export function appOf(app: number | undefined, apps: CommandContext['apps']): number {
  if (app !== undefined) return app
  const callable = apps.filter(({ identifier }) => identifier !== undefined)
  const [only, ...others] = callable.length > 0 ? callable : apps
  if (only && others.length === 0) return only.sdkAppId
  throw new CommandError('there are several apps', {
    hint: `Say which with --app: ${apps.map(({ sdkAppId }) => sdkAppId).join(', ')}.`,
  })
}
