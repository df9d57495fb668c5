/** Where browsers look for it, and a little more. */
const headBytes = 2_048

/**
 * What a web page or XML file says of itself, as browsers read it: outside comments, and never UTF-16, since what could be
 * read this far is none. `undefined` as well for what nobody can decode.
 */
export function declaredEncoding(bytes: Uint8Array): string | undefined {
  const head = Buffer.from(bytes.subarray(0, headBytes))
    .toString('latin1')
    .replace(/<!--.*?(-->|$)/gs, '')
  const label =
    /^\s*<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)/i.exec(head)?.[1] ??
    /<meta\s[^>]*?\bcharset\s*=\s*["']?\s*([\w.:-]+)/i.exec(head)?.[1]
  if (label === undefined) return undefined
  return /^utf-?16/i.test(label) ? 'utf-8' : knownEncoding(label)
}

/** The name that decoders have for a label. */
export function knownEncoding(label: string): string | undefined {
  try {
    const { encoding } = new TextDecoder(label)
    return encoding === 'replacement' ? undefined : encoding
  } catch (error) {
    if (error instanceof RangeError) return undefined
    throw error
  }
}
