import { readFileSync } from 'node:fs'

/** Certificates and a key, each as PEM text or the path of a file. */
export interface TlsOptions {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

/**
 * Reads the files of the `tls` options.
 * @throws Error that names the option
 */
export function readPem({ ca, cert, key }: TlsOptions): { ca?: string; cert?: string; key?: string } {
  return {
    ...(ca !== undefined && { ca: textOf('ca', ca) }),
    ...(cert !== undefined && { cert: textOf('cert', cert) }),
    ...(key !== undefined && { key: textOf('key', key) }),
  }
}

function textOf(name: string, given: string): string {
  if (given.includes('-----BEGIN')) return given
  try {
    return readFileSync(given, 'utf8')
  } catch (error) {
    throw new Error(`tls.${name}: is neither PEM nor a file that can be read: ${(error as { code?: string }).code}`, {
      cause: error,
    })
  }
}
