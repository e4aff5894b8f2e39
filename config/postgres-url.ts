/** One server that may be the primary. A host that begins with a slash is the folder of a socket. */
export interface PostgresHost {
  readonly host: string
  readonly port: number
}

/** The parts of a URL, percent-decoded. What is missing is empty. */
export interface PostgresUrl {
  readonly hosts: readonly PostgresHost[]
  readonly user: string
  readonly password: string
  readonly database: string
  readonly sslmode?: string
}

const PORT = 5432
const URL_PARTS =
  /^postgres(?:ql)?:\/\/(?:(?<user>[^@/]*)@)?(?<hosts>[^/?@]*)(?:\/(?<database>[^?/]*))?(?:\?(?<query>.*))?$/
const HOST = /^(?:\[(?<bracketed>[^\]]*)\]|(?<plain>[^:]*))(?::(?<port>\d{1,5}))?$/
const MODES: readonly unknown[] = ['require', 'verify-ca', 'verify-full']

/** Reads a URL as libpq accepts it. If it is not one, returns what is wrong with it, without its values. */
export function parsePostgresUrl(url: string): PostgresUrl | string {
  const parts = URL_PARTS.exec(url)?.groups
  if (!parts) return 'expected a URL such as postgres://user:password@127.0.0.1:5432/timhook'
  const { user: userinfo = '', hosts: listed = '', database = '', query = '' } = parts
  const params = new URLSearchParams(query)
  const unknown = [...params.keys()].find((key) => key !== 'sslmode' && key !== 'host')
  if (unknown !== undefined) return 'expected no parameters but sslmode and host'
  const sslmode = params.get('sslmode')
  if (sslmode !== null && sslmode !== 'disable' && !MODES.includes(sslmode)) {
    return 'expected sslmode to be disable, require, verify-ca or verify-full'
  }
  const socket = params.get('host')
  const hosts = (socket ?? (listed === '' ? '127.0.0.1' : listed)).split(',').map(hostOf)
  if (hosts.some((host) => host === undefined)) return 'expected hosts as host:port, separated by commas'
  try {
    const [user = '', ...password] = userinfo.split(':')
    return {
      hosts: hosts.filter((host) => host !== undefined),
      user: decodeURIComponent(user),
      password: decodeURIComponent(password.join(':')),
      database: decodeURIComponent(database),
      ...(sslmode !== null && { sslmode }),
    }
  } catch {
    return 'expected special characters of user and password to be percent-encoded'
  }
}

function hostOf(text: string): PostgresHost | undefined {
  if (text.startsWith('/')) return { host: text, port: PORT }
  const { bracketed, plain, port } = HOST.exec(text)?.groups ?? {}
  const host = bracketed ?? plain ?? ''
  const number = port === undefined ? PORT : Number(port)
  return host === '' || number > 65_535 ? undefined : { host, port: number }
}
