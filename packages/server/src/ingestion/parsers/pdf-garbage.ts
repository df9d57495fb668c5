import type { Line } from './pdf-lines.ts'

/**
 * A font without a usable map gives control and replacement characters, or letters that are others: text of a page's
 * length without vowels. Damage within a page's drawing takes its commands for words. Nothing one could quote.
 */
export function isGarbled(lines: readonly Line[]): boolean {
  const text = lines.map((line) => line.text).join('')
  if (unreadableCount(text) > text.length * 0.05 || isDrawing(text)) return true
  const letters = count(text, /[a-z]/gi)
  return letters > 200 && letters > text.length * 0.5 && count(text, /[aeiouy]/gi) < letters * 0.1
}

/** Fewer than these may be what the page is about. */
const leastCommands = 5

/** `)Tj 36.2 0 Td (`, among signs that nobody who explains such commands would write there. */
function isDrawing(text: string): boolean {
  return (
    count(text, /\)\s?Tj|\d\s?(?:Td|TD|Tm)(?![a-z])|\/\w+ [\d.]+ Tf(?![a-z])/g) >= leastCommands &&
    count(text, /[\p{Sc}\p{Sk}\p{So}ªº†‡¶§ı¢]/gu) > text.replace(/\s/g, '').length * 0.02
  )
}

/** Less text of a font than this may be anything: a formula, a row of prices. */
const leastCharacters = 60

/** The lines of a page in fonts that can be read: the labels of one figure may be set in one that cannot. */
export function withoutGarbledFonts(lines: readonly Line[]): Line[] {
  const texts = new Map<string, string>()
  for (const { font, text } of lines) if (font !== undefined) texts.set(font, (texts.get(font) ?? '') + text)
  const garbled = new Set([...texts].filter(([, text]) => isSigns(text)).map(([font]) => font))
  return lines.filter(({ font }) => font === undefined || !garbled.has(font))
}

/** Hardly a letter, and many signs that sentences, numbers and formulas are sparing with. */
function isSigns(text: string): boolean {
  const length = text.replace(/\s/g, '').length
  if (length < leastCharacters) return false
  if (unreadableCount(text) > length * 0.05) return true
  return count(text, /\p{L}/gu) < length * 0.3 && count(text, /[!"#$%&*?@;:\\^`~|]/g) > length * 0.2
}

function unreadableCount(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it counts
  return count(text, /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\ufffd\ue000-\uf8ff]/g)
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0
}
