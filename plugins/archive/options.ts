import { createRequire } from 'node:module'
import { Duration, Type } from 'timhook/plugin'

const require = createRequire(import.meta.url)

function isInstalled(name: string): boolean {
  try {
    require.resolve(name)
    return true
  } catch {
    return false
  }
}

/**
 * The schema of the URL. If the driver of a database is missing, `timhook check` and the server say what to install.
 */
export function DatabaseUrl(has: (name: string) => boolean = isInstalled) {
  const kinds = [
    { scheme: 'sqlite:', example: 'sqlite:data/archive.db', driver: undefined },
    { scheme: 'postgres(?:ql)?://', example: 'postgres://user:password@host/database', driver: 'pg' },
    { scheme: '(?:mysql|mariadb)://', example: 'mysql://user:password@host/database', driver: 'mysql2' },
  ]
  const usable = kinds.filter(({ driver }) => driver === undefined || has(driver))
  const lacking = kinds.flatMap(({ example, driver }) =>
    driver === undefined || has(driver) ? [] : [`${example.replace(/:.*/, '://…')} needs npm install ${driver}`],
  )
  const examples = usable.map(({ example }) => example).join(', ')
  return Type.String({
    secret: true,
    pattern: `^(?:${usable.map(({ scheme }) => scheme).join('|')})[^\\s]+$`,
    expected: [`the URL of a database such as ${examples}`, ...lacking].join('; '),
    description: 'The database: sqlite:FILE (relative to the working directory), postgres://… or mysql://…',
  })
}

/** The `options` in the config. */
export const options = Type.Object({
  url: DatabaseUrl(),
  onRecall: Type.Enum(['mark', 'blank'], {
    default: 'blank',
    description: 'What a recall does to a message: mark keeps its content, blank removes it and keeps who sent it when',
  }),
  retention: Type.Optional(
    Duration({
      min: 3_600_000,
      description: 'Messages older than this are deleted, such as 365d; kept forever unless given',
    }),
  ),
})

/** The options that the plugin gets: checked, with defaults, durations in milliseconds. */
export type Options = Type.StaticDecode<typeof options>
