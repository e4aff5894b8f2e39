/** The arguments of the recorder's handlers. */
export interface Recorded {
  readonly command: string
  readonly body: Record<string, unknown>
  readonly raw: string
  readonly query: Record<string, string>
  readonly app: { readonly sdkAppId: number }
  readonly signed: boolean
}

/** A plugin that handles every callback and records what it got. */
export function recorder(): { plugins: { use: object }[]; calls: Recorded[]; next: () => Promise<Recorded> } {
  const calls: Recorded[] = []
  const waiting: ((call: Recorded) => void)[] = []
  const handle = (context: Recorded): void => {
    const { command, body, raw, query, app, signed } = context
    const call = { command, body, raw, query, app, signed }
    calls.push(call)
    waiting.shift()?.(call)
  }
  return {
    plugins: [{ use: { name: 'recorder', handlers: { '*': handle } } }],
    calls,
    /** Resolves with the next one. */
    next: () => new Promise((resolve) => waiting.push(resolve)),
  }
}
