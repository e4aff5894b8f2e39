/** Resolves when the promise does, or when the signal is aborted. */
export function untilAborted(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      signal.removeEventListener('abort', end)
      resolve()
    }
    signal.addEventListener('abort', end)
    if (signal.aborted) end()
    void promise.then(end)
  })
}

/** Resolves after this many milliseconds, when the signal is aborted, or with `early`. */
export async function sleep(ms: number, signal: AbortSignal, early?: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  const over = new Promise<void>((resolve) => (timer = setTimeout(resolve, ms)))
  await untilAborted(early ? Promise.race([over, early]) : over, signal)
  clearTimeout(timer)
}
