import { readFileSync } from 'node:fs'
import { createSecureContext } from 'node:tls'
import { Type } from '#typebox'
import { certificatesOf } from './certificates.ts'

/** Certificates and a key, each as PEM text or the path of a file. */
export interface TlsOptions {
  readonly ca?: string | undefined
  readonly cert?: string | undefined
  readonly key?: string | undefined
}

const Text = (description: string) => Type.String({ minLength: 1, description })

/** The schema of the options that `readTls` reads. */
export function Tls({ description = 'PEM texts (${file:…}) or files, relative to the working directory' } = {}) {
  return Type.Object(
    {
      ca: Type.Optional(Text('Certificates that are trusted instead of the public ones')),
      cert: Type.Optional(Text('Our certificate, where one is asked for')),
      key: Type.Optional(Type.String({ minLength: 1, secret: true, description: 'Its key' })),
    },
    { additionalProperties: false, description },
  )
}

/** The same as PEM texts, for `tls.connect`. */
export interface TlsTexts {
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/**
 * Reads the options `tls` of a plugin that connects to somebody.
 * @throws Error that names what cannot be used
 */
export function readTls({ ca, cert, key }: TlsOptions): TlsTexts {
  if ((cert === undefined) !== (key === undefined)) throw new Error('tls: cert and key go together')
  const texts = {
    ...(ca !== undefined && { ca: textOf('ca', ca) }),
    ...(cert !== undefined && { cert: textOf('cert', cert) }),
    ...(key !== undefined && { key: textOf('key', key) }),
  }
  try {
    // Node ignores text that is not a certificate, and would then trust nobody.
    for (const [name, text] of Object.entries({ ca: texts.ca, cert: texts.cert }))
      if (text !== undefined && certificatesOf(text).length === 0) throw new Error(`${name} has no certificate in PEM`)
    createSecureContext(texts)
  } catch (error) {
    throw new Error(`tls: ${(error as Error).message}`, { cause: error })
  }
  return texts
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
