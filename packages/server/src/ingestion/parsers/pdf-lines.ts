/** What pdf.js gives for a run of text: where it stands (PDF units, origin at the lower left) and how large it is. */
export interface TextItem {
  readonly str: string
  readonly transform: readonly number[]
  readonly width: number
  readonly height: number
  readonly fontName: string
  readonly hasEOL: boolean
}

/** Words of a line with no wide gap among them. */
export interface Piece {
  text: string
  readonly left: number
  right: number
}

export interface Line {
  readonly text: string
  /** The same words, cut at every gap that may be one between columns. */
  readonly pieces: readonly Readonly<Piece>[]
  readonly left: number
  readonly right: number
  /** Of the baseline. */
  readonly y: number
  /** Of the letters: the size most of the line is set in. */
  readonly size: number
  /** The one font of the whole line; nothing when it has several. */
  readonly font: string | undefined
  /** Its words stand in columns, which ` | ` separates in the text. */
  readonly isTabular: boolean
}

interface OpenLine {
  text: string
  pieces: Piece[]
  left: number
  right: number
  y: number
  sizes: Map<number, number>
  fonts: Set<string>
  columns: number
}

/** Lines in the order the page draws them, which for text set in columns is the order of reading. */
export function readLines(items: readonly TextItem[]): Line[] {
  const lines: Line[] = []
  let open: OpenLine | undefined
  const close = () => {
    if (open !== undefined) lines.push(closeLine(open))
    open = undefined
  }
  for (const item of items) {
    const place = placeOf(item)
    const isBlank = item.str.trim() === ''
    if (!isBlank && open !== undefined && !isSameLine(open, place)) close()
    // pdf.js fills gaps with blanks of their width; the gap itself says more.
    if (!isBlank) open = extendLine(open, item, place)
    else if (open !== undefined && item.str !== '' && !open.text.endsWith(' ')) open.text += ' '
    if (item.hasEOL) close()
  }
  close()
  return lines
}

interface Place {
  readonly left: number
  readonly right: number
  readonly y: number
  readonly size: number
}

function placeOf({ transform, width, height }: TextItem): Place {
  const [, , skewX = 0, scaleY = 0, left = 0, y = 0] = transform
  return { left, right: left + width, y, size: height === 0 ? Math.hypot(skewX, scaleY) : height }
}

function isSameLine(line: OpenLine, place: Place): boolean {
  // Raised and lowered letters stay; what goes back to the left has begun anew.
  return Math.abs(line.y - place.y) < place.size * 0.6 && place.left > line.right - place.size * 3
}

/** In letter heights: wider than the spaces of justified text, narrower than the gutter between columns of a table. */
export const columnGap = 1.8
/** In letter heights: a gap that only other rows of a table can tell from a space. */
const pieceGap = 0.8

function extendLine(line: OpenLine | undefined, { str, fontName }: TextItem, place: Place): OpenLine {
  if (line === undefined) {
    const { left, right, y, size } = place
    const pieces = [{ text: str, left, right }]
    return {
      text: str,
      pieces,
      left,
      right,
      y,
      sizes: new Map([[size, str.length]]),
      fonts: new Set([fontName]),
      columns: 1,
    }
  }
  const gap = place.left - line.right
  // After the number or bullet of an item a wide space is usual.
  if (gap > place.size * columnGap && !/^\s*(?:\P{L}{1,6}|\(?\p{L}[.)])\s*$/u.test(line.text)) {
    line.text = `${line.text.trimEnd()} | ${str}`
    line.columns++
  } else line.text += (!/\s$/.test(line.text) && !/^\s/.test(str) && gap > place.size * 0.15 ? ' ' : '') + str
  addPiece(line, str, place)
  line.right = Math.max(line.right, place.right)
  line.sizes.set(place.size, (line.sizes.get(place.size) ?? 0) + str.length)
  line.fonts.add(fontName)
  return line
}

function addPiece({ pieces, right }: OpenLine, str: string, place: Place): void {
  const last = pieces.at(-1)
  const gap = place.left - right
  if (last === undefined || gap > place.size * pieceGap)
    pieces.push({ text: str, left: place.left, right: place.right })
  else {
    last.text += (gap > place.size * 0.15 ? ' ' : '') + str
    last.right = Math.max(last.right, place.right)
  }
}

function closeLine({ text, pieces, left, right, y, sizes, fonts, columns }: OpenLine): Line {
  const [size] = [...sizes].reduce((best, next) => (next[1] > best[1] ? next : best))
  const [font] = fonts
  return {
    text: tidyWords(text),
    pieces,
    left,
    right,
    y,
    size: Math.round(size * 10) / 10,
    font: fonts.size === 1 ? font : undefined,
    isTabular: columns > 1,
  }
}

const accents: Readonly<Record<string, string>> = {
  '¨': '\u0308',
  '´': '\u0301',
  ˆ: '\u0302',
  '˜': '\u0303',
  ˇ: '\u030c',
  '˝': '\u030b',
}

export function tidyWords(text: string): string {
  return composeAccents(text.replace(/\s+/g, ' ').trim())
}

/** TeX draws an accent and then its letter: `na¨ıve`. */
function composeAccents(text: string): string {
  return text.replace(/([¨´ˆ˜ˇ˝])\s?(\p{L})/gu, (_pair, accent: string, letter: string) =>
    `${letter === 'ı' ? 'i' : letter}${accents[accent] ?? ''}`.normalize('NFC'),
  )
}

/** How many of the first and last lines of a page may be its header and footer. */
const edgeLines = 3

/** Lines that stand at the top or bottom of at least 40 % of the pages (and three), whatever numbers they hold. */
export function findRepeatedLines(pages: readonly (readonly Line[])[]): (line: Line, page: readonly Line[]) => boolean {
  const edges = new Map(pages.map((page) => [page, new Set(edgesOf(page))]))
  const counts = new Map<string, number>()
  for (const lines of edges.values()) {
    for (const key of new Set([...lines].map(maskDigits))) counts.set(key, (counts.get(key) ?? 0) + 1)
  }
  const least = Math.max(3, pages.length * 0.4)
  return (line, page) => edges.get(page)?.has(line) === true && (counts.get(maskDigits(line)) ?? 0) >= least
}

const pageNumber =
  /^(?:(?:page|seite|p\.)\s+|[-–—|]\s*)?(?:\d{1,4}|[ivxlc]{1,6})(?:\s*(?:of|von|\/)\s*\d{1,4})?(?:\s*[-–—|])?$/i

/** A number alone at the top or bottom of its page, apart from the rest. */
export function isPageNumber(line: Line, page: readonly Line[]): boolean {
  if (!pageNumber.test(line.text)) return false
  const others = page.filter((each) => each !== line)
  const gap = Math.max(line.size, 1) * 1.8
  return others.length > 0 && (others.every(({ y }) => y < line.y - gap) || others.every(({ y }) => y > line.y + gap))
}

function edgesOf(page: readonly Line[]): Line[] {
  const fromTop = page.toSorted((a, b) => b.y - a.y)
  return [...fromTop.slice(0, edgeLines), ...fromTop.slice(-edgeLines)]
}

function maskDigits(line: Line): string {
  return line.text.replace(/\d+/g, '#')
}
