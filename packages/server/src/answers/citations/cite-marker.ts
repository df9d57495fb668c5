/** A piece of an answer: text as it stands, or a marker such as `[1]` or `[1, 2]` with the numbers it names. */
export type MarkedPiece = { readonly text: string } | { readonly marker: string; readonly numbers: readonly number[] }

const marker = /^\[ *[1-9]\d{0,2}(?: *[,;] *[1-9]\d{0,2})* *\]$/
/** A marker may still become one while it holds only these; `[1, 2, 3, 4, 5, 6, 7, 8]` is as long as they get. */
const insideMarker = /[\d,; ]/
const maxMarkerLength = 40
const maxHeldLength = 500
/** Fenced code may follow these in a list or a quote. */
const listPrefix = /[-*+>\d.)]/
/** Text without any of these cannot change what the reader is in. */
const special = /[[`~\\\n]/

/**
 * Reads an answer that comes in pieces and tells its citation markers from its text, whatever the cuts. Held back are
 * only an unfinished marker and the spaces before it, which go when the marker goes. Brackets inside code spans and
 * fenced code are text.
 */
export class MarkerReader {
  /** An unfinished marker, from its bracket on. */
  #open = ''
  #spaces = ''
  #previous = '\n'
  /** Only white space and the signs of lists and quotes so far in this line: code may be fenced from here. */
  #atLineStart = true
  #lineIsBlank = true
  /** The run of backticks or tildes being read. */
  #run: { character: string; length: number; atLineStart: boolean; escaped: boolean } | undefined
  #fence: { character: string; length: number } | undefined
  /** Backticks that opened a code span; 0 outside of one. */
  #span = 0
  /** Of a span, from its first bracket on: whether that is code shows only when the span is closed, or is not. */
  #held = ''

  read(text: string): MarkedPiece[] {
    const pieces: MarkedPiece[] = []
    if (this.#isPlain(text)) {
      this.#previous = text.charAt(text.length - 1)
      return [{ text }]
    }
    let plain = ''
    const flush = () => {
      if (plain !== '') pieces.push({ text: plain })
      plain = ''
    }
    for (const character of text) {
      if (this.#open !== '') {
        if (character === ']' && marker.test(`${this.#open}]`)) {
          flush()
          const whole = `${this.#open}]`
          pieces.push({ marker: this.#spaces + whole, numbers: (whole.match(/\d+/g) ?? []).map(Number) })
          this.#open = ''
          this.#spaces = ''
          this.#previous = ']'
          continue
        }
        if (insideMarker.test(character) && this.#open.length < maxMarkerLength) {
          this.#open += character
          continue
        }
        plain += this.#spaces + this.#open
        this.#previous = this.#open.charAt(this.#open.length - 1)
        this.#open = ''
        this.#spaces = ''
      }
      if (this.#holds(character)) {
        const code = this.#readHeld()
        if (code === undefined) continue
        plain += code
        flush()
        pieces.push(...this.#readAgain())
        continue
      }
      if (character === ' ' && !this.#isCode()) {
        this.#endRun()
        this.#spaces += character
        continue
      }
      if (character === '[' && !this.#isCode() && this.#lastCharacter() !== '\\') {
        this.#endRun()
        if (!this.#isCode()) {
          this.#open = character
          this.#atLineStart = false
          this.#lineIsBlank = false
          continue
        }
      }
      plain += this.#spaces
      if (this.#spaces !== '') this.#previous = ' '
      this.#spaces = ''
      plain += character
      this.#follow(character)
    }
    flush()
    return pieces
  }

  /** What is held back when nothing more comes. */
  end(): MarkedPiece[] {
    const pieces = this.#endHeld()
    const rest = this.#spaces + this.#open
    this.#spaces = ''
    this.#open = ''
    return rest === '' ? pieces : [...pieces, { text: rest }]
  }

  #holds(character: string): boolean {
    if (this.#held === '') {
      if (character !== '[' || !this.#isCode() || this.#span === 0) return false
    }
    this.#held += character
    return true
  }

  /** The code that what is held turns out to begin with, the rest still held; undefined while nobody can tell. */
  #readHeld(): string | undefined {
    const end = endOfSpan(this.#held, this.#span)
    if (end === undefined && !isNoSpan(this.#held)) return undefined
    if (end === undefined) {
      this.#span = 0
      return ''
    }
    const code = this.#held.slice(0, end)
    this.#held = this.#held.slice(end)
    this.#span = 0
    this.#previous = '`'
    return code
  }

  #readAgain(): MarkedPiece[] {
    const held = this.#held
    this.#held = ''
    return this.read(held)
  }

  #endHeld(): MarkedPiece[] {
    if (this.#held === '') return []
    // As if a character came that ends the last run.
    const end = endOfSpan(`${this.#held} `, this.#span)
    this.#span = 0
    const code = this.#held.slice(0, end ?? 0)
    this.#held = this.#held.slice(code.length)
    return [...(code === '' ? [] : [{ text: code }]), ...this.#readAgain()]
  }

  #isPlain(text: string): boolean {
    return (
      this.#open === '' &&
      this.#held === '' &&
      this.#spaces === '' &&
      this.#run === undefined &&
      !this.#atLineStart &&
      text !== '' &&
      !text.endsWith(' ') &&
      !special.test(text)
    )
  }

  #lastCharacter(): string {
    return this.#spaces === '' ? this.#previous : ' '
  }

  /** A run of backticks not yet ended counts as what it will have opened or closed. */
  #isCode(): boolean {
    if (this.#run !== undefined) this.#endRun()
    return this.#fence !== undefined || this.#span > 0
  }

  #follow(character: string): void {
    const escaped = this.#previous === '\\'
    this.#previous = character
    if (character === '`' || character === '~') {
      if (this.#run?.character === character) this.#run.length += 1
      else {
        this.#endRun()
        this.#run = { character, length: 1, atLineStart: this.#atLineStart, escaped }
      }
      this.#lineIsBlank = false
      return
    }
    this.#endRun()
    if (character === '\n') {
      // A code span never reaches over the end of its paragraph.
      if (this.#lineIsBlank) this.#span = 0
      this.#atLineStart = true
      this.#lineIsBlank = true
    } else if (character !== ' ' && character !== '\t' && character !== '\r') {
      if (!listPrefix.test(character)) this.#atLineStart = false
      this.#lineIsBlank = false
    }
  }

  #endRun(): void {
    const run = this.#run
    if (run === undefined) return
    this.#run = undefined
    const { character, length, atLineStart } = run
    this.#atLineStart = false
    if (this.#fence !== undefined) {
      if (atLineStart && character === this.#fence.character && length >= this.#fence.length) this.#fence = undefined
    } else if (atLineStart && length >= 3) {
      this.#fence = { character, length }
      this.#span = 0
    } else if (character === '`' && this.#span > 0) {
      if (length === this.#span) this.#span = 0
    } else if (character === '`' && !run.escaped) {
      this.#span = length
    }
  }
}

/** Behind the run of backticks that closes a span, once a character shows how long the run is. */
function endOfSpan(text: string, backticks: number): number | undefined {
  for (const { index, 0: run } of text.matchAll(/`+/g)) {
    const end = index + run.length
    if (run.length === backticks && end < text.length) return end
  }
  return undefined
}

/** A span never reaches over the end of its paragraph, and hardly ever so far. */
function isNoSpan(text: string): boolean {
  return text.length > maxHeldLength || /\n[ \t\r]*\n/.test(text)
}

/** A text without its markers: an earlier answer's numbers mean nothing in the next. */
export function withoutMarkers(text: string): string {
  const reader = new MarkerReader()
  return [...reader.read(text), ...reader.end()].map((piece) => ('text' in piece ? piece.text : '')).join('')
}
