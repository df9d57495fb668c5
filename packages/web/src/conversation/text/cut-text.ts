/** A part of an answer's text that can be shown by itself. `start` is its place in the text, and stays. */
export type TextPiece =
  | { readonly type: 'prose'; readonly start: number; readonly text: string }
  | {
      readonly type: 'code'
      readonly start: number
      readonly language: string
      readonly code: string
      readonly isClosed: boolean
    }

export interface CutText {
  /** What no later text can change, in the very objects of the cut before. */
  readonly settled: readonly TextPiece[]
  /** Where the text begins that may still change. */
  readonly settledUntil: number
  readonly open: TextPiece | undefined
  /** What was cut. */
  readonly text: string
}

const nothing: CutText = { settled: [], settledUntil: 0, open: undefined, text: '' }
/** From this length on a new paragraph begins a new piece. */
const goodLength = 2_000
/** From this length on anything after an empty line does, be it in the middle of a list. */
const mostLength = 8_000

/**
 * Cuts an answer where its Markdown can be read piece by piece: fences are pieces of their own, long prose ends with a
 * paragraph. With the cut of the text so far only what was still open is looked at again, so an answer that grows to
 * 50,000 tokens costs as much per frame at its end as at its beginning.
 */
export function cutText(
  text: string,
  { isEnded, before }: { isEnded: boolean; before?: CutText | undefined },
): CutText {
  const from = before !== undefined && text.startsWith(before.text) ? before : nothing
  const settled = [...from.settled]
  let piece = new OpenPiece(from.settledUntil)
  let at = from.settledUntil
  while (at < text.length) {
    const lineEnd = text.indexOf('\n', at)
    const isWhole = lineEnd !== -1 || isEnded
    const next = lineEnd === -1 ? text.length : lineEnd + 1
    const line = text.slice(at, lineEnd === -1 ? text.length : lineEnd)
    if (isWhole && piece.endsBefore(line)) {
      settled.push(piece.toProse(text, at))
      piece = new OpenPiece(at)
    }
    if (isWhole && piece.take(line, at, next)) {
      settled.push(piece.toCode(text, at, true))
      piece = new OpenPiece(next)
    } else if (isWhole && piece.opensFence(line)) {
      if (piece.start < at) settled.push(piece.toProse(text, at))
      piece = new OpenPiece(at, readFence(line), next)
    }
    at = next
  }
  return { settled, settledUntil: piece.start, open: piece.toOpen(text), text }
}

interface Fence {
  readonly mark: string
  readonly language: string
}

/** What is between the last cut and the line that is being read. */
class OpenPiece {
  readonly start: number
  readonly #fence: Fence | undefined
  readonly #codeStart: number
  #length = 0
  #isAfterEmptyLine = false
  #hasOpenMath = false

  constructor(start: number, fence?: Fence, codeStart = start) {
    this.start = start
    this.#fence = fence
    this.#codeStart = codeStart
  }

  /** Whether a new piece may begin with this line. */
  endsBefore(line: string): boolean {
    if (this.#fence !== undefined || !this.#isAfterEmptyLine || this.#hasOpenMath) return false
    if (line === '' || /^\s/.test(line)) return false
    return this.#length > mostLength || (this.#length > goodLength && !/^([-*+>|]|\d+[.)])/.test(line))
  }

  /** Takes the line in. True: it ended the fence. */
  take(line: string, at: number, next: number): boolean {
    if (this.#fence !== undefined) {
      const { mark } = this.#fence
      return at > this.start && line.startsWith(mark) && line.trimEnd() === mark[0]?.repeat(line.trimEnd().length)
    }
    this.#length += next - at
    this.#isAfterEmptyLine = line.trim() === ''
    const marks = line.match(/\$\$|\\\[|\\\]/g) ?? []
    for (const mark of marks) this.#hasOpenMath = mark === '$$' ? !this.#hasOpenMath : mark === '\\['
    return false
  }

  opensFence(line: string): boolean {
    return this.#fence === undefined && !this.#hasOpenMath && readFence(line) !== undefined
  }

  toProse(text: string, end: number): TextPiece {
    return { type: 'prose', start: this.start, text: text.slice(this.start, end) }
  }

  toCode(text: string, end: number, isClosed: boolean): TextPiece {
    const code = text.slice(this.#codeStart, Math.max(end, this.#codeStart)).replace(/\n$/, '')
    return { type: 'code', start: this.start, language: this.#fence?.language ?? '', code, isClosed }
  }

  toOpen(text: string): TextPiece | undefined {
    if (this.#fence === undefined) return this.start < text.length ? this.toProse(text, text.length) : undefined
    // The beginning of the closing fence is no code.
    const half = /\n?[`~]{1,}$/.exec(text.slice(this.#codeStart))?.[0] ?? ''
    const isHalfFence = half.startsWith('\n') || half.length === text.length - this.#codeStart
    return this.toCode(text, text.length - (isHalfFence ? half.length : 0), false)
  }
}

function readFence(line: string): Fence | undefined {
  const [, mark = '', info = ''] = /^(`{3,}|~{3,})(.*)$/.exec(line) ?? []
  if (mark === '' || (mark.startsWith('`') && info.includes('`'))) return undefined
  return { mark, language: /^\s*([^\s{]*)/.exec(info)?.[1] ?? '' }
}
