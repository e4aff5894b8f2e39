import { BlockList, isIP } from 'node:net'

const PREFIX = /^[0-9]{1,3}$/
const BITS = { ipv4: 32, ipv6: 128 }

interface Network {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

/** Whether a text is a network such as `10.0.0.0/8` or `2001:db8::/32`, or one address. */
export function isNetwork(text: string): boolean {
  return networkOf(text) !== undefined
}

/** Returns a function that tells whether an address is in one of the networks. An IPv4 address in IPv6 form counts as itself. */
export function withinNetworks(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList()
  for (const text of networks) {
    const network = networkOf(text)
    if (network) list.addSubnet(network.address, network.prefix, network.family)
  }
  return (address) => {
    const version = isIP(address)
    return version !== 0 && list.check(address, version === 4 ? 'ipv4' : 'ipv6')
  }
}

function networkOf(text: string): Network | undefined {
  const [address = '', length, ...rest] = text.split('/')
  const version = isIP(address)
  if (version === 0 || rest.length > 0 || address.includes('%')) return undefined
  const family = version === 4 ? 'ipv4' : 'ipv6'
  if (length === undefined) return { address, prefix: BITS[family], family }
  if (!PREFIX.test(length) || Number(length) > BITS[family]) return undefined
  return { address, prefix: Number(length), family }
}
