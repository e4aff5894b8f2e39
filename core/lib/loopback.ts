const LOOPBACK = /^(localhost|127(\.[0-9]{1,3}){3}|::1|\[::1\])\.?$/i

/** Whether a host is this machine itself, as far as its name says. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}
