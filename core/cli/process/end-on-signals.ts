const SIGNALS = ['SIGTERM', 'SIGINT'] as const

/**
 * Until there is something to stop, a signal ends the process at once, whatever plugins have made of it. What comes back
 * takes that off again.
 */
export function endOnSignals(): () => void {
  const end = (): never => process.exit(0)
  for (const signal of SIGNALS) process.on(signal, end)
  return () => {
    for (const signal of SIGNALS) process.off(signal, end)
  }
}
