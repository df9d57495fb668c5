import { cleanText, collapseSpaces, shortTitle } from './clean-text.ts'
import type { Block, ParsedDocument } from './parsed-document.ts'

export type Markup = 'asciidoc' | 'restructuredtext' | 'latex' | 'org'

interface Heading {
  readonly level: number
  readonly text: string
  readonly start: number
  readonly end: number
}

/** Text with headings in a light markup: it stays as it was written, and what empty lines separate is a block. */
export function parseSectionedText(raw: string, markup: Markup): ParsedDocument {
  const text = cleanText(raw)
  const headings = [...headingsOf[markup](text)]
  const blocks: Block[] = []
  let path: Heading[] = []
  let at = 0
  const addParagraphs = (end: number) => {
    for (const match of text.slice(at, end).matchAll(/^[^\S\n]*\S.*(?:\n[^\S\n]*\S.*)*/gm)) {
      const start = at + match.index
      const body = match[0].trimEnd()
      // Rows of signs above and below a heading, and between parts.
      if (!/[\p{L}\p{N}]/u.test(body)) continue
      blocks.push(blockOf('paragraph', start, start + body.length, path))
    }
  }
  for (const heading of headings) {
    addParagraphs(heading.start)
    path = [...path.filter(({ level }) => level < heading.level), heading]
    blocks.push(blockOf('heading', heading.start, heading.end, path))
    at = heading.end
  }
  addParagraphs(text.length)
  return { text, blocks, title: shortTitle(headings[0]?.text), warnings: [] }
}

function blockOf(kind: Block['kind'], start: number, end: number, path: readonly Heading[]): Block {
  return { kind, start, end, page: null, sheet: null, row: null, headingPath: path.map(({ text }) => text) }
}

const headingsOf: Readonly<Record<Markup, (text: string) => Generator<Heading>>> = {
  asciidoc: (text) =>
    markedHeadings(text, /^(={1,6}|#{1,6})[^\S\n]+(\S.*)$/gm, [/^(-{4,}|\.{4,}|={4,}|\+{4,}|\/{4,})$/]),
  org: (text) => markedHeadings(text, /^(\*{1,8})[^\S\n]+(\S.*)$/gm, [/^#\+begin_\w+/i, /^#\+end_\w+/i]),
  latex: latexHeadings,
  restructuredtext: underlinedHeadings,
}

/** A mark whose length is the level, outside of blocks of code. */
function* markedHeadings(text: string, pattern: RegExp, fences: readonly RegExp[]): Generator<Heading> {
  const closed = fencedRanges(text, fences)
  for (const match of text.matchAll(pattern)) {
    const [line, mark = '', title = ''] = match
    if (closed.some(({ start, end }) => match.index > start && match.index < end)) continue
    const plain = collapseSpaces(title.replace(/\s+(?:={1,6}|:[\w:@]+:)$/, ''))
    if (plain === '') continue
    yield { level: mark.length, text: plain, start: match.index, end: match.index + line.trimEnd().length }
  }
}

function fencedRanges(text: string, [opening, closing]: readonly RegExp[]): { start: number; end: number }[] {
  const ranges: { start: number; end: number }[] = []
  let open: { start: number; mark: string } | undefined
  for (const { 0: line, index } of text.matchAll(/^.*$/gm)) {
    const mark = line.trimEnd()
    if (open === undefined) {
      if (opening?.test(mark) === true) open = { start: index, mark }
    } else if (closing === undefined ? mark === open.mark : closing.test(mark)) {
      ranges.push({ start: open.start, end: index })
      open = undefined
    }
  }
  return ranges
}

const latexLevels = ['part', 'chapter', 'section', 'subsection', 'subsubsection', 'paragraph', 'subparagraph']

function* latexHeadings(text: string): Generator<Heading> {
  const pattern = /^[^\S\n]*\\(part|chapter|(?:sub){0,2}section|(?:sub)?paragraph)\*?(?:\[[^\]\n]*\])?\{([^\n]*)\}/gm
  for (const match of text.matchAll(pattern)) {
    const [whole, command = '', rest = ''] = match
    const braced = balanced(rest)
    const title = collapseSpaces(braced.replace(/\\[a-zA-Z]+\*?|[{}$~\\]/g, ' '))
    if (title === '') continue
    const start = match.index + (whole.length - whole.trimStart().length)
    const end = match.index + whole.length - (rest.length - braced.length)
    yield { level: latexLevels.indexOf(command) + 1, text: title, start, end }
  }
}

/** Up to the brace that closes the one before the text. */
function balanced(text: string): string {
  let depth = 0
  for (let i = 0; i < text.length; i++) {
    if (text[i] === '{') depth++
    else if (text[i] === '}' && --depth < 0) return text.slice(0, i)
  }
  return text
}

/** A title over a row of signs at least as long, perhaps under one too; levels are in the order in which styles appear. */
function* underlinedHeadings(text: string): Generator<Heading> {
  const styles: string[] = []
  const pattern = /^(?:([!-/:-@[-`{-~])\1{2,}[^\S\n]*\n)?([^\S\n]*\S.*)\n([!-/:-@[-`{-~])\3{2,}[^\S\n]*$/gm
  for (const match of text.matchAll(pattern)) {
    const [whole, over, title = '', under = ''] = match
    const underline = whole.slice(whole.lastIndexOf('\n') + 1).trimEnd()
    if (underline.length < Math.min(title.trim().length, 4) || !/[\p{L}\p{N}]/u.test(title)) continue
    // A table's frame, not a title.
    if ((over !== undefined && over !== under) || (over === undefined && /^\s/.test(title))) continue
    const style = `${over === undefined ? '' : over}${under}`
    if (!styles.includes(style)) styles.push(style)
    const start = match.index + whole.indexOf(title) + (title.length - title.trimStart().length)
    yield { level: styles.indexOf(style) + 1, text: collapseSpaces(title), start, end: start + title.trim().length }
  }
}
