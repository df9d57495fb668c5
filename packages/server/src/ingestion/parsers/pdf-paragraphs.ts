import type { Line } from './pdf-lines.ts'
import type { OutlinedHeading } from './pdf-outline.ts'

export interface Paragraph {
  /** A `section` begins here by the outline, but the page has no line that says so. */
  readonly kind: 'heading' | 'section' | 'paragraph' | 'table-row'
  /** 1 for the largest headings of the document; 0 for paragraphs. */
  readonly level: number
  readonly text: string
  /** Its first words go on from the end of the paragraph before, over a column or page. */
  readonly continues: boolean
}

/** How a document is set: the size and font most of it is in, and the sizes of its headings, largest first. */
export interface Typography {
  readonly size: number
  readonly font: string | undefined
  readonly headings: readonly number[]
}

/** With what the outline leaves to be guessed (what is no heading of it, below its levels), and the document's words. */
export interface HeadingRules extends Typography {
  readonly guesses: boolean
  readonly outlineDepth: number
  readonly words: ReadonlyMap<string, number>
}

const maxHeadingWords = 18
/** Smaller differences are the same size measured twice. */
const headingRatio = 1.12
const numberedHeading = /^(\d{1,2}(?:\.\d{1,2}){0,3})\.?\s+\p{Lu}/u

export function measureType(pages: readonly (readonly Line[])[]): Typography {
  const lines = pages.flat()
  const size = mostCharacters(lines, (line) => line.size) ?? 0
  const font = mostCharacters(lines, (line) => line.font)
  const large = lines.filter((line) => line.size > size * headingRatio)
  // When a fifth of the lines are large, size marks something else than headings.
  if (size === 0 || large.length > lines.length * 0.2) return { size, font, headings: [] }
  return { size, font, headings: [...new Set(large.map((line) => line.size))].sort((a, b) => b - a) }
}

function mostCharacters<K>(lines: readonly Line[], keyOf: (line: Line) => K): K | undefined {
  const characters = new Map<K, number>()
  for (const line of lines) characters.set(keyOf(line), (characters.get(keyOf(line)) ?? 0) + line.text.length)
  return [...characters].sort((a, b) => b[1] - a[1])[0]?.[0]
}

/** Joins the lines of a page. `previous` is the text before it, which its first line may go on from. */
export function joinParagraphs(
  lines: readonly Line[],
  type: HeadingRules,
  previous: string,
  outlined: ReadonlyMap<Line, readonly OutlinedHeading[]>,
): Paragraph[] {
  const paragraphs: Paragraph[] = []
  let group: Line[] = []
  let before = previous
  const close = () => {
    const [first] = group
    if (first === undefined) return
    const text = joinLines(
      group.map((line) => line.text),
      type.words,
    )
    const level = headingLevel(group, text, type)
    const kind = level > 0 ? 'heading' : first.isTabular ? 'table-row' : 'paragraph'
    paragraphs.push({ kind, level, text, continues: kind === 'paragraph' && goesOn(before, text) })
    before = kind === 'paragraph' ? text : ''
    group = []
  }
  // Lines that say a heading of the outline, which was added already.
  let said = 0
  lines.forEach((line, index) => {
    const headings = outlined.get(line) ?? []
    if (headings.length > 0) close()
    for (const { level, text, lines: count } of headings) {
      paragraphs.push({ kind: count > 0 ? 'heading' : 'section', level, text, continues: false })
      said = Math.max(said, count)
      if (count > 0) before = ''
    }
    if (said > 0) {
      said--
      return
    }
    const last = group.at(-1)
    if (last !== undefined && startsParagraph(group, last, line)) close()
    group.push(line)
    if (isNumberedHeading(line, lines[index + 1], type)) close()
  })
  close()
  return paragraphs
}

/** 0 for what is no heading. */
function headingLevel(group: readonly Line[], text: string, type: HeadingRules): number {
  if (!type.guesses) return 0
  const [first] = group
  if (first === undefined || first.isTabular || text.split(' ').length > maxHeadingWords) return 0
  if (!/\p{L}{2}/u.test(text) || /[.,;]$/.test(text)) return 0
  const bySize = type.headings.indexOf(first.size) + 1
  if (bySize > 0) return type.outlineDepth + Math.min(6, bySize)
  if (group.length > 1 || !isNumberedHeading(first, undefined, type)) return 0
  const depth = numberedHeading.exec(text)?.[1]?.split('.').length ?? 1
  return type.outlineDepth + Math.min(6, type.headings.length + depth)
}

/** "3.1 Traces" in the size of the text but another font: bold, most likely. */
function isNumberedHeading(line: Line, next: Line | undefined, type: HeadingRules): boolean {
  return (
    type.guesses &&
    line.font !== undefined &&
    line.font !== type.font &&
    (next === undefined || next.font !== line.font) &&
    line.text.length < 80 &&
    numberedHeading.test(line.text) &&
    !/[.,;]$/.test(line.text)
  )
}

function startsParagraph(group: readonly Line[], last: Line, line: Line): boolean {
  const size = Math.max(last.size, line.size, 1)
  const drop = last.y - line.y
  if (last.isTabular || line.isTabular) return true
  if (Math.abs(last.size - line.size) > size * 0.1) return true
  // Up again is the next column; far down is a gap.
  if (drop < -size * 0.5 || drop > size * 1.9) return true
  if (/^(?:[•‣▪◦●○■–—*]|\(?\d{1,3}[.)]|\(?[a-z][.)])\s/.test(line.text) && drop > size * 0.5) return true
  // A line that ends early and is followed by one that does not begin mid-sentence.
  const width = Math.max(...group.map((each) => each.right)) - Math.min(...group.map((each) => each.left))
  const indent = line.left - last.left
  const endsSentence = /[.!?:;。！？]["'”’)\]]?$/.test(last.text)
  if (drop > size * 0.5 && indent > size * 0.7 && indent < size * 5 && group.length > 1 && endsSentence) return true
  return endsSentence && group.length > 1 && last.right - Math.min(...group.map((each) => each.left)) < width * 0.75
}

/** A sentence that was not finished, and words that are not the beginning of one. */
function goesOn(before: string, text: string): boolean {
  return /[\p{Ll}\p{N},–-]$/u.test(before) && before.length > 40 && /^\p{Ll}/u.test(text)
}

/** The words that stand whole somewhere in the document, hyphens within them included, and how often. */
export function collectWords(pages: readonly (readonly Line[])[]): ReadonlyMap<string, number> {
  const words = new Map<string, number>()
  for (const line of pages.flat()) {
    for (const [match] of line.text.matchAll(/\p{L}+(?:-[\p{L}\p{N}]+)*(?![\p{L}\p{N}]|-$)/gu)) {
      const word = match.toLowerCase()
      words.set(word, (words.get(word) ?? 0) + 1)
    }
  }
  return words
}

/**
 * Joins a word that a hyphen cuts at the line's end. Whether the hyphen is its own shows elsewhere in the document, by the
 * spelling that is more frequent; where it does not, what goes on in lower case was cut, and what goes on with a capital
 * or a digit has the hyphen.
 */
export function joinLines(lines: readonly string[], words: ReadonlyMap<string, number> = new Map()): string {
  let text = ''
  for (const line of lines) {
    const head = /[\p{L}-]*\p{L}(?=[-\u2010\u00ad]$)/u.exec(text)?.[0]
    const tail = /^[\p{L}\p{N}][\p{L}\p{N}-]*/u.exec(line)?.[0]
    if (text === '') text = line
    else if (head === undefined || tail === undefined) text += ` ${line}`
    else {
      const own = words.get(`${head}-${tail}`.toLowerCase()) ?? 0
      const cut = words.get(`${head}${tail}`.toLowerCase()) ?? 0
      const isCut = own === cut ? /^\p{Ll}/u.test(line) : cut > own
      text = isCut ? text.slice(0, -1) + line : `${text.slice(0, -1)}-${line}`
    }
  }
  return text
}
