import { webcrypto } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  BasicConstraintsExtension,
  cryptoProvider,
  SubjectAlternativeNameExtension,
  type X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509'

cryptoProvider.set(webcrypto as never)

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const DAY_MS = 86_400_000

/** A certificate with its key, both as PEM. */
export interface Made {
  readonly cert: string
  readonly key: string
  readonly signer: { readonly certificate: X509Certificate; readonly keys: webcrypto.CryptoKeyPair }
}

export interface MakeOptions {
  /** The authority that signs it. Without one it is a self-signed authority. */
  readonly by?: Made
  /** Days from now; a negative number is in the past. */
  readonly from?: number
  readonly until?: number
}

/** Makes a certificate for 127.0.0.1 and localhost. */
export async function makeCertificate(name: string, { by, from = -1, until = 365 }: MakeOptions = {}): Promise<Made> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const at = (days: number): Date => new Date(Date.now() + days * DAY_MS)
  const certificate = await X509CertificateGenerator.create({
    subject: `CN=${name}`,
    issuer: by?.signer.certificate.subject ?? `CN=${name}`,
    notBefore: at(from),
    notAfter: at(until),
    publicKey: keys.publicKey as never,
    signingKey: (by?.signer.keys ?? keys).privateKey as never,
    signingAlgorithm: ALGORITHM,
    extensions: [
      new BasicConstraintsExtension(by === undefined),
      new SubjectAlternativeNameExtension([
        { type: 'ip', value: '127.0.0.1' },
        { type: 'dns', value: 'localhost' },
      ]),
    ],
  })
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64')
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8.match(/.{1,64}/g)?.join('\n')}\n-----END PRIVATE KEY-----\n`
  return { cert: `${certificate.toString('pem')}\n`, key, signer: { certificate, keys } }
}

/** Writes `NAME.pem` and `NAME.key` to a folder. */
export async function writeCertificate(folder: string, name: string, { cert, key }: Made): Promise<void> {
  await writeFile(join(folder, `${name}.pem`), cert)
  await writeFile(join(folder, `${name}.key`), key)
}

/** Files of a server that requires client certificates, and of a client with one, all from one authority. */
export interface TlsFiles {
  readonly ca: string
  readonly server: { readonly cert: string; readonly key: string }
  readonly client: { readonly cert: string; readonly key: string }
}

/** Creates them in a folder. */
export async function makeTlsFiles(folder: string): Promise<TlsFiles> {
  const by = await makeCertificate('authority')
  await writeCertificate(folder, 'ca', by)
  for (const name of ['server', 'client']) await writeCertificate(folder, name, await makeCertificate(name, { by }))
  const files = (name: string) => ({ cert: join(folder, `${name}.pem`), key: join(folder, `${name}.key`) })
  return { ca: join(folder, 'ca.pem'), server: files('server'), client: files('client') }
}
