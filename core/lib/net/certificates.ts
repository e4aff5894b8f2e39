import { X509Certificate } from 'node:crypto'
import type { ConnectionOptions } from 'node:tls'

const PEM = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g

/** The certificates of a PEM text, in its order. @throws if one of them cannot be parsed */
export function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(PEM) ?? []).map((text) => new X509Certificate(text))
}

/** When the first of these certificates expires: milliseconds since 1970. */
export function expiryOf(certificates: readonly X509Certificate[]): number {
  return Math.min(...certificates.map(({ validTo }) => Date.parse(validTo)))
}

/**
 * The options for a client on this machine to trust only the server whose certificate file it can read. Its name is not
 * checked, since it is the public one. If another certificate is served, the error has the code OTHER_CERTIFICATE.
 */
export function trustOnly(pem: string): ConnectionOptions {
  const [expected] = certificatesOf(pem)
  return {
    ca: pem,
    // Trusts a certificate signed by an authority without having that of the authority.
    allowPartialTrustChain: true,
    checkServerIdentity: (_host, { fingerprint256 }) =>
      fingerprint256 === expected?.fingerprint256
        ? undefined
        : Object.assign(new Error('not the certificate of the config'), { code: 'OTHER_CERTIFICATE' }),
  }
}
