import { Type } from '#typebox'

/** The files of a listener that serves HTTPS, relative to the config. */
export const TlsSchema = Type.Object(
  {
    cert: Type.String({
      minLength: 1,
      description: 'PEM file of the certificate and its chain, relative to this file.',
    }),
    key: Type.String({ minLength: 1, description: 'PEM file of the private key, without a passphrase.' }),
    ca: Type.Optional(
      Type.String({
        minLength: 1,
        description: 'PEM file of the authorities of client certificates: only clients that show one are served.',
      }),
    ),
  },
  { additionalProperties: false, description: 'Serve HTTPS. SIGHUP reads the files again.' },
)

/** A section `tls` as written. */
export interface TlsInput {
  cert: string
  key: string
  ca?: string
}
