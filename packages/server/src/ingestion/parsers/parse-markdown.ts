import type { Nodes, Parents, Root } from 'mdast'
import { cleanText, collapseSpaces, shortTitle } from './clean-text.ts'
import type { Block, BlockKind, ParsedDocument } from './parsed-document.ts'

const frontMatter = /^---\n([\s\S]*?)\n(?:---|\.\.\.)[^\S\n]*(?:\n|$)/

export interface MarkdownHeading {
  readonly level: number
  readonly text: string
}

/** Markdown stays as it was written; the blocks are ranges of the source. */
export async function parseMarkdown(raw: string): Promise<ParsedDocument> {
  const text = cleanText(raw)
  const front = frontMatter.exec(text)
  // Blanked rather than cut, so that offsets stay those of the text.
  const body = front === null ? text : `${front[0].replace(/[^\n]/g, ' ')}${text.slice(front[0].length)}`
  const { blocks } = await readMarkdown(body, [])
  const fields = front?.[1] ?? ''
  const titleField = /^title:\s*["']?(.*?)["']?\s*$/m.exec(fields)?.[1]
  if (fields.trim() !== '') blocks.unshift({ ...place('code', 4, 4 + fields.length), headingPath: [] })
  const heading = blocks.find((block) => block.kind === 'heading')?.headingPath[0]
  return { text, blocks, title: shortTitle(titleField) ?? shortTitle(heading), warnings: [] }
}

/** The blocks of some Markdown below the headings that came before it, and the headings in force at its end. */
export async function readMarkdown(
  text: string,
  above: readonly MarkdownHeading[],
): Promise<{ blocks: Block[]; headings: readonly MarkdownHeading[] }> {
  const [{ fromMarkdown }, { gfm }, { gfmFromMarkdown }] = await Promise.all([
    import('mdast-util-from-markdown'),
    import('micromark-extension-gfm'),
    import('mdast-util-gfm'),
  ])
  const extensions = { extensions: [gfm()], mdastExtensions: [gfmFromMarkdown()] }
  const blocks: Block[] = []
  let headings = above
  for (const { start, end } of splitPieces(text)) {
    const piece = text.slice(start, end)
    const found = collectBlocks(fromMarkdown(piece, extensions), piece, headings)
    headings = found.headings
    for (const block of found.blocks) blocks.push({ ...block, start: block.start + start, end: block.end + start })
  }
  return { blocks, headings }
}

/** micromark's time grows faster than the text: 6 MB took 55 s whole, and 5 s in pieces. */
const pieceLength = 50_000

/** Cuts where a heading or paragraph begins at the margin after an empty line, which ends every list, quote and table. */
function* splitPieces(text: string): Generator<{ start: number; end: number }> {
  let start = 0
  let fence: string | undefined
  let afterBlank = false
  for (const { 0: line, index } of text.matchAll(/[^\n]*\n|[^\n]+$/g)) {
    const mark = /^ {0,3}(`{3,}|~{3,})/.exec(line)?.[1]
    if (fence !== undefined) {
      if (mark?.startsWith(fence) === true && line.trim() === mark) fence = undefined
    } else if (mark !== undefined) fence = mark
    else if (afterBlank && index - start >= pieceLength && /^(?:#{1,6}\s|\p{L})/u.test(line)) {
      yield { start, end: index }
      start = index
    }
    afterBlank = line.trim() === ''
  }
  if (start < text.length) yield { start, end: text.length }
}

function place(kind: BlockKind, start: number, end: number): Omit<Block, 'headingPath'> {
  return { kind, start, end, page: null, sheet: null, row: null }
}

function collectBlocks(tree: Root, text: string, above: readonly MarkdownHeading[]) {
  const blocks: Block[] = []
  let headings = above
  const add = (kind: BlockKind, node: Nodes) => {
    const start = node.position?.start.offset ?? 0
    const source = text.slice(start, node.position?.end.offset ?? start)
    if (source.trim() === '') return
    const end = start + source.trimEnd().length
    blocks.push({ ...place(kind, start, end), headingPath: headings.map((heading) => heading.text) })
  }
  const visit = (node: Nodes, inList: boolean) => {
    if (node.type === 'heading') {
      const heading = { level: node.depth, text: collapseSpaces(plainText(node)) }
      headings = [...headings.filter((above) => above.level < node.depth), ...(heading.text === '' ? [] : [heading])]
      add('heading', node)
    } else if (node.type === 'listItem') visitItem(node, add, visit)
    else if (node.type === 'paragraph') add(inList ? 'list-item' : 'paragraph', node)
    else if (node.type === 'code' || node.type === 'definition') add('code', node)
    else if (node.type === 'html') {
      if (!/^<!--[\s\S]*-->$/.test(node.value.trim())) add('code', node)
    } else if (node.type === 'tableRow') add('table-row', node)
    else if ('children' in node) for (const child of node.children) visit(child, inList)
  }
  visit(tree, false)
  return { blocks, headings }
}

/** A plain item is one block with its marker; an item that holds more is its parts. */
function visitItem(
  node: Parents,
  add: (kind: BlockKind, node: Nodes) => void,
  visit: (node: Nodes, inList: boolean) => void,
): void {
  const [first] = node.children
  if (node.children.length === 1 && first?.type === 'paragraph') add('list-item', node)
  else for (const child of node.children) visit(child, true)
}

/** What a reader sees of a heading: no marks, no addresses. */
function plainText(node: Nodes): string {
  if ('value' in node) return node.type === 'html' ? '' : node.value
  if ('children' in node) return node.children.map(plainText).join('')
  return node.type === 'break' ? ' ' : ''
}
