import { isIP } from 'node:net'

/** One entry of `QUORY_EGRESS_ALLOW`: a host, on one port or all, or a range of addresses. */
export type AllowedHost =
  | { readonly type: 'host'; readonly host: string; readonly port: number | undefined }
  | { readonly type: 'range'; readonly address: string; readonly prefix: number }

/** `intranet.example`, `intranet.example:8080`, `[fd00::1]:9000` or `10.1.0.0/16`; undefined for anything else. */
export function parseAllowedHost(text: string): AllowedHost | undefined {
  const range = /^([^/]+)\/(\d{1,3})$/.exec(text)
  if (range !== null) return parseRange(range[1] ?? '', Number(range[2]))
  if (isIP(text) === 6) return { type: 'host', host: normalHost(`[${text}]`) ?? text, port: undefined }
  const [, name = '', digits] = /^(\[[0-9a-f:.]+\]|[^\s:/?#@[\]\\]+)(?::(\d{1,5}))?$/i.exec(text) ?? []
  const host = normalHost(name)
  const port = digits === undefined ? undefined : Number(digits)
  if (host === undefined || port === 0 || (port ?? 1) > 65_535) return undefined
  return { type: 'host', host, port }
}

export function isAddressOrRange(text: string): boolean {
  return isIP(text) !== 0 || parseAllowedHost(text)?.type === 'range'
}

function parseRange(address: string, prefix: number): AllowedHost | undefined {
  const family = isIP(address)
  const isRange = (family === 4 && prefix <= 32) || (family === 6 && prefix <= 128)
  return isRange ? { type: 'range', address, prefix } : undefined
}

/** As a URL would spell it: lower case, IDN as punycode, addresses in short, no dot at the end, no brackets. */
function normalHost(name: string): string | undefined {
  const { hostname } = URL.parse(`http://${name}`) ?? { hostname: '' }
  const host = hostname.replace(/^\[|\]$|\.$/g, '')
  return /^[a-z0-9._:-]+$/.test(host) ? host : undefined
}
