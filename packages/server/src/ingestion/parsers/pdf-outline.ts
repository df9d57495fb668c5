import type { PDFDocumentProxy } from 'unpdf/pdfjs'
import { collapseSpaces } from './clean-text.ts'
import type { Line } from './pdf-lines.ts'

export interface OutlineEntry {
  /** 1 for chapters. */
  readonly level: number
  readonly text: string
  readonly page: number
  /** Where on the page it points, in PDF units from below; nothing when it names the page alone. */
  readonly top: number | undefined
}

type Outline = NonNullable<Awaited<ReturnType<PDFDocumentProxy['getOutline']>>>

const maxEntries = 3_000
const maxLevel = 6
/** A heading may run over so many lines. */
const maxHeadingLines = 3

/** The bookmarks that lead to a page of the file itself. One that cannot be followed is left out. */
export async function readOutline(pdf: PDFDocumentProxy): Promise<OutlineEntry[]> {
  const entries: OutlineEntry[] = []
  const visit = async (items: Outline, level: number) => {
    for (const item of items) {
      if (entries.length >= maxEntries) return
      const text = collapseSpaces(item.title)
      const place = text === '' ? undefined : await placeOf(pdf, item.dest)
      if (place !== undefined) entries.push({ level, text, ...place })
      if (level < maxLevel) await visit(item.items, level + 1)
    }
  }
  try {
    await visit((await pdf.getOutline()) ?? [], 1)
  } catch (error) {
    // A damaged outline is no reason to lose the text; what it gave is used.
    if (!(error instanceof Error)) throw error
  }
  return entries
}

async function placeOf(
  pdf: PDFDocumentProxy,
  named: Outline[number]['dest'],
): Promise<{ page: number; top: number | undefined } | undefined> {
  try {
    const destination: unknown[] | null = typeof named === 'string' ? await pdf.getDestination(named) : named
    const [reference, view, first, second] = destination ?? []
    if (reference === undefined || reference === null) return undefined
    const page = typeof reference === 'number' ? reference : await pdf.getPageIndex(reference as RefProxy)
    const kind = view !== null && typeof view === 'object' && 'name' in view ? view.name : undefined
    const top = kind === 'XYZ' ? second : kind === 'FitH' || kind === 'FitBH' ? first : undefined
    return { page: page + 1, top: typeof top === 'number' ? top : undefined }
  } catch (error) {
    // pdf.js rejects with whatever it stumbled over.
    if (error instanceof Error) return undefined
    throw error
  }
}

type RefProxy = Parameters<PDFDocumentProxy['getPageIndex']>[0]

export interface OutlinedHeading {
  readonly level: number
  readonly text: string
  /** Lines that say it; 0 when the page does not, and the section begins before its line. */
  readonly lines: number
}

/** Which line of a page begins which heading of the outline. */
export function findHeadings(lines: readonly Line[], entries: readonly OutlineEntry[]): Map<Line, OutlinedHeading[]> {
  const found = new Map<Line, OutlinedHeading[]>()
  for (const { level, text, top } of entries) {
    const match = findTitle(lines, text, top)
    const line = match?.line ?? lines.find(({ y }) => top === undefined || y <= top)
    if (line === undefined) continue
    found.set(line, [...(found.get(line) ?? []), { level, text, lines: match?.count ?? 0 }])
  }
  return found
}

function findTitle(
  lines: readonly Line[],
  title: string,
  top: number | undefined,
): { line: Line; count: number } | undefined {
  const wanted = bare(title)
  if (wanted === '') return undefined
  const matches: { line: Line; count: number }[] = []
  lines.forEach((line, index) => {
    let said = ''
    for (let count = 1; count <= maxHeadingLines && index + count <= lines.length; count++) {
      said += bare(lines[index + count - 1]?.text ?? '')
      if (said === wanted || withoutNumber(said) === withoutNumber(wanted)) matches.push({ line, count })
      if (said.length > wanted.length + 10) break
    }
  })
  const distance = ({ line }: { line: Line }) => (top === undefined ? -line.size : Math.abs(top - line.y))
  return matches.sort((a, b) => distance(a) - distance(b))[0]
}

/** Letters and digits alone: spacing, case and signs differ between an outline and its pages. */
function bare(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '')
}

function withoutNumber(text: string): string {
  const rest = text.replace(/^(?:chapter|section|part|appendix|kapitel|teil)?\d+/, '')
  return rest === '' ? text : rest
}
