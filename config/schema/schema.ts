import { Type, type StaticDecode } from '#typebox'
import { AdminSchema, type AdminInput } from '../sections/admin.ts'
import { AlertsSchema, type AlertsInput } from '../sections/alerts.ts'
import { AppsSchema, type AppInput } from '../sections/apps.ts'
import { DeliverySchema, type DeliveryInput } from '../sections/delivery.ts'
import { LogSchema, type LogInput } from '../sections/log.ts'
import { PluginsSchema, type PluginInput } from '../sections/plugins.ts'
import { ServerSchema, type ServerInput } from '../sections/server.ts'

/**
 * The config. Besides JSON Schema's own keywords its nodes have: `expected`, the words for a fault; `secret`, never
 * printed; `opaque`, passed on by reference without looking inside; `code`, not even searched for secrets.
 */
export const ConfigSchema = Type.Object(
  {
    server: ServerSchema,
    admin: AdminSchema,
    apps: AppsSchema,
    delivery: DeliverySchema,
    log: LogSchema,
    alerts: AlertsSchema,
    plugins: PluginsSchema,
  },
  { additionalProperties: false, expected: 'a config with the sections server, apps, plugins and so on' },
)

/** A checked config: every default filled in, durations in milliseconds, sizes in bytes. */
export type Config = StaticDecode<typeof ConfigSchema>

/** What a person may write: only `apps` is needed; numbers and booleans may be a `${VAR}` text. */
export interface ConfigInput {
  server?: ServerInput
  admin?: AdminInput
  apps: AppInput[]
  delivery?: DeliveryInput
  log?: LogInput
  alerts?: AlertsInput
  plugins?: PluginInput[]
}

/** Gives a config module its types: `export default defineConfig({ apps: [...] })`. Returns its argument unchanged. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}
