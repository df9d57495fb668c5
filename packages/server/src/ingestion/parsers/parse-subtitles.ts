import { collapseSpaces } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { parsePlainText } from './parse-plain-text.ts'
import type { ParsedDocument } from './parsed-document.ts'

const cueTimes = /^\s*(?:(\d{1,3}):)?(\d{1,2}):(\d{2})[.,]\d{1,3}\s*-->\s*(?:\d{1,3}:)?\d{1,2}:\d{2}[.,]\d{1,3}/
/** Words between two time marks of the text: about half a minute of speech. */
const paragraphLength = 400

/** What is said, as running text; where it stands in time is the heading above it. Without times it is plain text. */
export function parseSubtitles(raw: string): ParsedDocument {
  const builder = new DocumentBuilder()
  let open = ''
  let time = ''
  const close = () => {
    builder.openSection(1, time)
    builder.addBlock('paragraph', open)
    open = ''
  }
  let cues = 0
  let last = ''
  for (const cue of raw.replace(/\r\n?/g, '\n').split(/\n[^\S\n]*\n/)) {
    const lines = cue.split('\n')
    const at = lines.findIndex((line) => cueTimes.test(line))
    const times = cueTimes.exec(lines[at] ?? '')
    if (times === null) continue
    cues++
    const text = collapseSpaces(
      lines
        .slice(at + 1)
        .join(' ')
        .replace(/<[^>\n]*>|\{\\[^}\n]*\}/g, ''),
    )
    // Captions that roll up say each line again.
    if (text === '' || text === last) continue
    last = text
    const isFull =
      open.length >= paragraphLength && (/[.!?…。！？]["'”’)]?$/.test(open) || open.length >= paragraphLength * 3)
    if (isFull) close()
    if (open === '') time = `${(times[1] ?? '0').padStart(2, '0')}:${(times[2] ?? '').padStart(2, '0')}:${times[3]}`
    open += `${open === '' ? '' : ' '}${text}`
  }
  if (cues === 0) return parsePlainText(raw)
  close()
  return builder.build()
}
