const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Before the server runs, a signal ends the process at once, whatever listeners plugins have added.
 * @returns a function that removes the listeners
 */
export function endOnSignals(): () => void {
  const end = (): never => process.exit(0)
  for (const signal of SIGNALS) process.on(signal, end)
  return () => {
    for (const signal of SIGNALS) process.off(signal, end)
  }
}
