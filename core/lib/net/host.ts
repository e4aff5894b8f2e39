const LOOPBACK = /^(localhost|127(\.[0-9]{1,3}){3}|::1|\[::1\])\.?$/i
const UNTRUSTED =
  /^(?:SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_SELF_SIGNED_CERT|UNABLE_TO_(?:GET_ISSUER|VERIFY)|CERT_UNTRUSTED)/

/** Whether a host name means this machine. */
export function isLoopback(host: string): boolean {
  return LOOPBACK.test(host)
}

/** Whether a connection failed because the peer's certificate is not signed by an authority that is trusted here. */
export function isUntrusted(code: string): boolean {
  return UNTRUSTED.test(code)
}

/** Returns the code of a failed connection, with a hint if the certificate authority of the peer is not trusted. */
export function connectionFault(code: string): string {
  if (!isUntrusted(code)) return code
  return `${code}: its authority is not trusted here; set NODE_EXTRA_CA_CERTS to the file of its certificate`
}

const UNIX = 'unix:'

/** The path of a host that is a Unix socket, such as `unix:/run/timhook.sock`; undefined for any other host. */
export function socketPath(host: string): string | undefined {
  return host.startsWith(UNIX) ? host.slice(UNIX.length) : undefined
}

/** Whether only this machine can reach a host. */
export function isLocal(host: string): boolean {
  return isLoopback(host) || socketPath(host) !== undefined
}
