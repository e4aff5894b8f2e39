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

/** Resolves after so many milliseconds, or when the signal is aborted. */
export async function sleep(ms: number, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined
  await untilAborted(new Promise((resolve) => (timer = setTimeout(resolve, ms))), signal)
  clearTimeout(timer)
}
