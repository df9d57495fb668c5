import { EgressRefused } from './egress-error.ts'

/** An address as somebody gave it, or a server's `Location` with its `base`; throws `EgressRefused` with what is wrong. */
export function parseTarget(text: string, base?: URL): URL {
  if (/[\p{Cc}\s\\]/u.test(text)) throw new EgressRefused('An address holds no blanks, line breaks or backslashes.')
  const url = URL.parse(text, base?.href)
  if (url === null) throw new EgressRefused(`${shorten(text)} is not an address that can be called.`)
  if (url.protocol !== 'http:' && url.protocol !== 'https:')
    throw new EgressRefused(`Only http and https are called, not ${url.protocol.slice(0, 20)}`)
  if (url.username !== '' || url.password !== '')
    throw new EgressRefused('An address must not hold a user name or password.')
  if (url.hostname === '' || /\.\.|^\./.test(url.hostname)) throw new EgressRefused('The address names no proper host.')
  url.hash = ''
  return url
}

function shorten(text: string): string {
  return text.length <= 100 ? text : `${text.slice(0, 100)}…`
}
