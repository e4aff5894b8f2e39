const LOOPBACK = /^(localhost|127(\.[0-9]{1,3}){3}|::1|\[::1\])\.?$/i

/** Whether a host name means this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}
