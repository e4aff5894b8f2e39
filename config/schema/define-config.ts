import type { ConfigInput } from './schema.ts'

/** Gives a config module its types: `export default defineConfig({ apps: [...] })`. Checks and changes nothing. */
export function defineConfig(config: ConfigInput): ConfigInput {
  return config
}
