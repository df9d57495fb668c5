export type Token =
  | { readonly type: 'word'; readonly text: string; readonly lower: string }
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'number'; readonly text: string; readonly value: string }
  | { readonly type: 'date'; readonly text: string; readonly value: string }
  | { readonly type: 'sign'; readonly text: string }

const patterns = [
  `"[^"]+"|“[^”]+”|„[^“”"]+[“”"]|«[^»]+»|'[^']+'(?![\\p{L}\\p{N}])`,
  '\\d{4}-\\d{1,2}-\\d{1,2}|\\d{1,2}\\.\\d{1,2}\\.\\d{4}',
  "-?\\d+(?:[.,'’]\\d+)*",
  "[\\p{L}_][\\p{L}\\p{M}\\p{N}_]*(?:['’][\\p{L}]+)?",
  '>=|<=|<>|!=|[=<>≥≤]',
]
const pattern = new RegExp(patterns.map((one) => `(${one})`).join('|'), 'gu')

/** A question in its words, numbers, dates, quoted texts and signs of comparison. */
export function tokenise(question: string): Token[] {
  return [...question.normalize('NFC').matchAll(pattern)].flatMap(([text, quoted, date, number, word]): Token[] => {
    if (quoted !== undefined) return [{ type: 'text', text: quoted.slice(1, -1).trim() }]
    if (date !== undefined) return isoDate(date)
    if (number !== undefined) {
      const value = plainNumber(number)
      return value === undefined ? [{ type: 'word', text, lower: text }] : [{ type: 'number', text, value }]
    }
    if (word !== undefined) return [{ type: 'word', text, lower: text.toLowerCase().replace('’', "'") }]
    return [{ type: 'sign', text }]
  })
}

function isoDate(text: string): Token[] {
  const parts = text.includes('-') ? text.split('-') : text.split('.').reverse()
  const value = parts.map((part) => part.padStart(2, '0')).join('-')
  return Number.isNaN(Date.parse(value)) ? [{ type: 'word', text, lower: text }] : [{ type: 'date', text, value }]
}

/** `1,234.5` and `1.234,5`; what may be a thousand or a fraction (`1.234`) only where one sign stands for it in English. */
function plainNumber(text: string): string | undefined {
  if (/^-?\d+(?:\.\d+)?$/.test(text) && !/^-?[1-9]\d{0,2}\.\d{3}$/.test(text)) return text
  if (/^-?\d{1,3}(?:,\d{3})+(?:\.\d+)?$/.test(text)) return text.replaceAll(',', '')
  if (/^-?\d{1,3}(?:\.\d{3})+,\d+$/.test(text) || /^-?\d{1,3}(?:\.\d{3}){2,}$/.test(text)) {
    return text.replaceAll('.', '').replace(',', '.')
  }
  if (/^-?\d+,\d{1,2}$/.test(text)) return text.replace(',', '.')
  if (/^-?\d{1,3}(?:['’]\d{3})+$/.test(text)) return text.replace(/['’]/g, '')
  return undefined
}
