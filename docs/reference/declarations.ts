/** The files with the types that a plugin author sees, or the name of a type that is not exported. */
const PLUGIN_TYPES: readonly (readonly [file: string, names: readonly string[]])[] = [
  ['core/plugin.ts', ['Plugin', 'SetupContext', 'Observers', 'ObserverContext', 'EraseContext']],
  ['core/plugin-api/handler.ts', ['AfterSettings', 'BeforeSettings', 'OnFailure', 'Retry']],
  ['core/plugin-api/handler-context.ts', ['Query', 'App', 'HandlerContext', 'AfterContext', 'BeforeBase']],
  ['core/plugin-api/plugin-command.ts', ['PluginCommand', 'CommandContext', 'AppSettings']],
  ['core/store/store.ts', ['Store', 'Lease', 'StoredRecord']],
  ['core/plugin-api/log.ts', ['Log']],
]

/** Everything that these files export belongs to the calls. */
const REST_FILES = [
  'call',
  'groups',
  'members',
  'membership',
  'messages',
  'changes',
  'history',
  'presence',
  'accounts',
] as const

const EVENT_TYPES: typeof PLUGIN_TYPES = [
  ['core/callback/callback.ts', ['About']],
  ['core/observe/bus.ts', ['BusEvents', 'Alert', 'AlertRule']],
]

type Read = (path: string) => string

export const pluginTypes = (read: Read): string => blocks(PLUGIN_TYPES, read)
export const eventTypes = (read: Read): string => blocks(EVENT_TYPES, read)

/** One code block per type, under a heading with its name. */
function blocks(types: typeof PLUGIN_TYPES, read: Read): string {
  return types
    .flatMap(([file, names]) => names.map((name) => [name, declarationOf(read(file), name, file)] as const))
    .map(([name, text]) => `### ${name}\n\n\`\`\`ts\n${text}\n\`\`\``)
    .join('\n\n')
}

/** The calls by subject, each with its request and answer. */
export function restTypes(read: Read): string {
  return REST_FILES.map((file) => {
    const declared = exportsOf(read(`core/rest/calls/${file}.ts`))
    return `### ${file}\n\n\`\`\`ts\n${declared.join('\n\n')}\n\`\`\``
  }).join('\n\n')
}

const DOCSTRING = String.raw`(?:/\*\*(?:(?!\*/)[\s\S])*\*/\n)?`

function exportsOf(source: string): string[] {
  return [
    ...source.matchAll(
      new RegExp(`^${DOCSTRING}export (?:interface|type) [\\s\\S]*?(?=\\n\\n|\\n?$(?![\\s\\S]))`, 'gm'),
    ),
  ].map(([text]) => withoutExport(text))
}

/** The declaration of a type with its docstring, copied from the source: up to the next empty line. */
function declarationOf(source: string, name: string, file: string): string {
  const start = new RegExp(`^${DOCSTRING}(?:export )?(?:interface|type) ${name}\\b`, 'm').exec(source)
  if (!start) throw new Error(`${file} declares no ${name}`)
  return withoutExport(source.slice(start.index).split('\n\n')[0] ?? '')
}

function withoutExport(text: string): string {
  return text.trim().replace(/^export /m, '')
}
