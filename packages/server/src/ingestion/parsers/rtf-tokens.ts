export type RtfToken =
  | { readonly type: 'open' }
  | { readonly type: 'close' }
  | { readonly type: 'word'; readonly name: string; readonly value: number | undefined }
  /** Text of the file, and `\'e4`: bytes of the code page in force. */
  | { readonly type: 'bytes'; readonly bytes: Uint8Array }

const [backslash, openBrace, closeBrace, apostrophe, minus, space] = [0x5c, 0x7b, 0x7d, 0x27, 0x2d, 0x20]

/** Rich Text is brackets, commands and text, all in ASCII. */
export function* readRtfTokens(file: Uint8Array): Generator<RtfToken> {
  for (let at = 0; at < file.length; ) {
    const byte = file[at] ?? 0
    if (byte === openBrace) {
      yield { type: 'open' }
      at++
    } else if (byte === closeBrace) {
      yield { type: 'close' }
      at++
    } else if (byte === backslash) {
      const command = readCommand(file, at + 1)
      if (command.token !== undefined) yield command.token
      at = command.end
    } else {
      let end = at
      while (end < file.length && !isSpecial(file[end])) end++
      const text = file.subarray(at, end).filter((each) => each !== 0x0a && each !== 0x0d)
      if (text.length > 0) yield { type: 'bytes', bytes: text }
      at = end
    }
  }
}

function isSpecial(byte: number | undefined): boolean {
  return byte === backslash || byte === openBrace || byte === closeBrace
}

function readCommand(file: Uint8Array, start: number): { token: RtfToken | undefined; end: number } {
  const first = file[start]
  if (first === undefined) return { token: undefined, end: start }
  if (first === apostrophe) {
    const hex = Buffer.from(file.subarray(start + 1, start + 3)).toString('latin1')
    const isHex = /^[0-9a-f]{2}$/i.test(hex)
    return isHex
      ? { token: { type: 'bytes', bytes: Uint8Array.of(Number.parseInt(hex, 16)) }, end: start + 3 }
      : { token: undefined, end: start + 1 }
  }
  if (!isLetter(first)) {
    const name = String.fromCharCode(first)
    // `\\`, `\{` and `\}` are the signs themselves; a line's end after a backslash ends a paragraph.
    if (isSpecial(first)) return { token: { type: 'bytes', bytes: Uint8Array.of(first) }, end: start + 1 }
    return {
      token: { type: 'word', name: name === '\n' || name === '\r' ? 'par' : name, value: undefined },
      end: start + 1,
    }
  }
  let end = start
  while (end - start < 32 && isLetter(file[end])) end++
  const name = Buffer.from(file.subarray(start, end)).toString('latin1')
  const numberStart = end
  if (file[end] === minus) end++
  while (end - numberStart < 11 && isDigit(file[end])) end++
  const digits = Buffer.from(file.subarray(numberStart, end)).toString('latin1')
  const value = digits === '' || digits === '-' ? undefined : Number(digits)
  // Raw bytes that would look like commands follow.
  if (name === 'bin') return { token: undefined, end: end + 1 + Math.max(0, value ?? 0) }
  return { token: { type: 'word', name, value }, end: file[end] === space ? end + 1 : end }
}

function isLetter(byte: number | undefined): boolean {
  return byte !== undefined && ((byte >= 0x61 && byte <= 0x7a) || (byte >= 0x41 && byte <= 0x5a))
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39
}
