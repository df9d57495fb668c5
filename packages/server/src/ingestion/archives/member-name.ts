import { cleanText } from '../parsers/clean-text.ts'

export type MemberName =
  | { readonly type: 'name'; readonly name: string }
  | { readonly type: 'refused'; readonly reason: string }
  /** What a file manager left there; nobody misses it. */
  | { readonly type: 'clutter' }

const maxLength = 1_000

/** A member's name as a relative path with `/`, or why it is not taken. It is shown, and never used as a path. */
export function cleanMemberName(raw: string): MemberName {
  const path = cleanText(raw).replace(/\n/g, ' ').replaceAll('\\', '/')
  if (/^\/|^[a-z]:/i.test(path) || path.split('/').includes('..')) {
    return { type: 'refused', reason: 'Its path leads out of the archive.' }
  }
  const segments = path.split('/').filter((segment) => segment !== '' && segment !== '.')
  const last = segments.at(-1)
  if (last === undefined) return { type: 'refused', reason: 'It has no name.' }
  if (segments.includes('__MACOSX') || /^(?:\.DS_Store|\._.*|Thumbs\.db|desktop\.ini)$/i.test(last)) {
    return { type: 'clutter' }
  }
  const name = segments.join('/')
  return name.length > maxLength ? { type: 'refused', reason: 'Its name is too long.' } : { type: 'name', name }
}

/** The upper half of code page 437, which names are in where nothing else is said. */
const codePage437 =
  'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■ '

/**
 * How to read the names of a ZIP archive that do not say they are UTF-8. Many are all the same; the others are in the
 * code page of the machine that made them, which the names together tell better than each alone.
 */
export async function nameDecoder(names: readonly Uint8Array[]): Promise<(name: Uint8Array) => string> {
  const all = Buffer.concat(names.map((name) => Buffer.concat([name, Buffer.from('\n')])))
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(all)
    return (name) => new TextDecoder().decode(name)
  } catch (error) {
    if (!(error instanceof TypeError)) throw error
  }
  const { analyse } = await import('chardet')
  const [best] = analyse(all)
  // Single-byte guesses on a few letters are worth nothing; East Asian ones are seldom wrong.
  if (best !== undefined && best.confidence >= 30 && /^(?:Shift_JIS|EUC|Big5|GB18030)/.test(best.name)) {
    const decoder = new TextDecoder(best.name)
    return (name) => decoder.decode(name)
  }
  return (name) =>
    Array.from(name, (byte) => (byte < 128 ? String.fromCharCode(byte) : codePage437.charAt(byte - 128))).join('')
}
