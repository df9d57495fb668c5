import type { ByteRange } from '../../ingestion/files/file-store.ts'

/** The one range of a `Range` header within `size` bytes; `undefined` sends the whole, as for a header we cannot read. */
export function parseRange(header: string | undefined, size: number): ByteRange | 'unsatisfiable' | undefined {
  const match = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(header?.trim() ?? '')
  const [from, to] = [match?.[1] ?? '', match?.[2] ?? '']
  if (from === '' && to === '') return undefined
  if (from === '') {
    const length = Math.min(Number(to), size)
    return length === 0 ? 'unsatisfiable' : { start: size - length, end: size - 1 }
  }
  const start = Number(from)
  const end = to === '' ? size - 1 : Math.min(Number(to), size - 1)
  if (to !== '' && Number(to) < start) return undefined
  return start >= size ? 'unsatisfiable' : { start, end }
}

/**
 * To be saved, not shown by the browser, which would run what stands in it as ours; a PDF alone is shown, so that a link
 * can open it at a page. The name in both of RFC 6266's forms.
 */
export function contentDisposition(fileName: string, mediaType: string | null): string {
  const plain = fileName.replaceAll(/[^\x20-\x7e]|["\\%]/g, '_')
  const encoded = encodeURIComponent(fileName).replaceAll(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  const way = mediaType === 'application/pdf' ? 'inline' : 'attachment'
  return `${way}; filename="${plain}"; filename*=UTF-8''${encoded}`
}
