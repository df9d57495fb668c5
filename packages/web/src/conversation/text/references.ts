import type { CutText, TextPiece } from './cut-text.ts'

interface Labels {
  /** By label: the line that defines it. */
  readonly defined: ReadonlyMap<string, string>
  readonly used: ReadonlySet<string>
}

/** What a footnote says that stands elsewhere: this, which nobody writes and nobody is shown. */
export const elsewhere = '\u2060'

const definition = /^ {0,3}\[((?:[^[\]\\]|\\.)+)\]:[ \t]*\S.*$/gm
const mention = /\[((?:[^[\]\\]|\\.)+)\]/g
/** Of pieces that can no longer change. */
const known = new WeakMap<TextPiece, Labels>()

/**
 * A piece is read by itself, but links and footnotes may be defined in another: what each piece needs from the others,
 * as Markdown to read after it, by the piece's start.
 */
export function referencesOf(
  { settled, open }: Pick<CutText, 'settled' | 'open'>,
  { isEnded }: { readonly isEnded: boolean },
): ReadonlyMap<number, string> {
  const labels = settled.map((piece): readonly [number, Labels] => [piece.start, labelsOfSettled(piece)])
  if (open !== undefined) labels.push([open.start, labelsOf(open, !isEnded)])
  const all = new Map<string, string>()
  for (const [, { defined }] of labels) for (const [label, line] of defined) if (!all.has(label)) all.set(label, line)
  const needed = new Map<number, string>()
  if (all.size === 0) return needed
  for (const [start, { defined, used }] of labels) {
    const lines = [...used].flatMap((label) => (defined.has(label) ? [] : (all.get(label) ?? [])))
    if (lines.length > 0) needed.set(start, lines.join('\n\n'))
  }
  return needed
}

function labelsOfSettled(piece: TextPiece): Labels {
  const before = known.get(piece)
  if (before !== undefined) return before
  const labels = labelsOf(piece, false)
  known.set(piece, labels)
  return labels
}

/** Of a text that grows, a definition counts once its line is whole: no piece is shown anew for each letter of it. */
function labelsOf(piece: TextPiece, isGrowing: boolean): Labels {
  const text = piece.type === 'prose' ? piece.text : ''
  const whole = isGrowing ? text.slice(0, text.lastIndexOf('\n') + 1) : text
  const defined = new Map<string, string>()
  for (const [line, name = ''] of whole.matchAll(definition)) {
    const label = asLabel(name)
    if (!defined.has(label)) defined.set(label, label.startsWith('^') ? `[${name}]: ${elsewhere}` : line.trim())
  }
  return { defined, used: new Set(Array.from(text.matchAll(mention), ([, name = '']) => asLabel(name))) }
}

/** As Markdown compares them. */
function asLabel(name: string): string {
  return name.trim().replaceAll(/\s+/g, ' ').toLowerCase()
}
