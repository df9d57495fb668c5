import { EgressRefused } from '../../egress/egress-error.ts'
import { parseTarget } from '../../egress/parse-target.ts'

/** What marketing adds to a link without changing what it leads to, and sessions that belong to nobody. */
const trackingParameter =
  /^(utm_\w+|gclid|gbraid|wbraid|fbclid|msclkid|yclid|dclid|mc_[ce]id|_ga|_gl|igshid|phpsessid|jsessionid|sessionid)$/i
const maxAddressLength = 2_000

/** A site: one host, with or without `www.`, on one port, over http or https. */
export interface Site {
  readonly start: URL
  has(url: URL): boolean
  /** A link on the site as it is asked for; undefined when it leads elsewhere or is none that can be followed. */
  resolve(link: string, base: URL): URL | undefined
}

export function siteOf(start: URL): Site {
  const has = (url: URL) => bareHost(url) === bareHost(start) && url.port === start.port
  return {
    start,
    has,
    resolve: (link, base) => {
      const url = parseLink(link, base)
      if (url === undefined || !has(url)) return undefined
      // Saves a redirect to where the site already is.
      if (start.protocol === 'https:') url.protocol = 'https:'
      return url
    },
  }
}

function bareHost(url: URL): string {
  return url.hostname.replace(/^www\./, '').replace(/\.$/, '')
}

function parseLink(link: string, base: URL): URL | undefined {
  try {
    const url = parseTarget(link.replace(/[\t\n\r]/g, '').trim(), base)
    return url.href.length > maxAddressLength ? undefined : withoutTracking(url)
  } catch (error) {
    if (error instanceof EgressRefused) return undefined
    throw error
  }
}

/** Leaves the rest of the query exactly as it was. */
function withoutTracking(url: URL): URL {
  url.pathname = url.pathname.replace(/;jsessionid=[^/;]*/i, '')
  const parts = url.search.slice(1).split('&')
  const kept = parts.filter((part) => part !== '' && !trackingParameter.test(part.split('=', 1)[0] ?? ''))
  url.search = kept.join('&')
  return url
}

/** Equal for addresses that lead to the same page: whatever the scheme, `www.`, a slash at the end, or the query's order. */
export function pageKey(url: URL): string {
  const query = url.search.slice(1).split('&').sort().join('&')
  return `${bareHost(url)}:${url.port}${url.pathname.replace(/\/+$/, '')}?${query}`
}

/** `https://example.com/docs/setup?v=2` as `setup?v=2.html`: something to show whose end says what it is. */
export function pageName(url: URL, extension: string): string {
  const last = url.pathname
    .split('/')
    .filter((part) => part !== '')
    .at(-1)
  const name = (last === undefined ? url.hostname : decodePart(last)) + decodePart(url.search)
  return name.toLowerCase().endsWith(extension) ? name : name.slice(0, 200) + extension
}

function decodePart(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    // Percent signs that encode nothing; the text shows as it is.
    return text
  }
}
