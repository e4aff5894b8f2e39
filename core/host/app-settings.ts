import type { Config } from '../../config/schema/schema.ts'
import type { AppSettings } from '../plugin-api/plugin-command.ts'

/** The apps of the config, as plugins see them. */
export function appSettings(apps: Config['apps']): AppSettings[] {
  return apps.map(({ sdkAppId, unsigned, rest }) => ({
    sdkAppId: Number(sdkAppId),
    unsigned,
    ...(rest && { identifier: rest.identifier }),
  }))
}
