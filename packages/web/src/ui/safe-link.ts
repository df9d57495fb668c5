const allowed = new Set(['http:', 'https:', 'mailto:'])

/** The address when following it can do no more than open a page or write a mail; else nothing. */
export function safeLink(href: unknown): string | undefined {
  if (typeof href !== 'string' || !URL.canParse(href)) return undefined
  const url = new URL(href)
  return allowed.has(url.protocol) && url.username === '' && url.password === '' ? url.href : undefined
}
