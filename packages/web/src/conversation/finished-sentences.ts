/** The sentences that are whole within `text` after `from`, as they are said: without Markdown's signs. */
export function finishedSentences(
  text: string,
  { from, isEnded }: { readonly from: number; readonly isEnded: boolean },
): { readonly sentences: string; readonly until: number } {
  const rest = text.slice(from)
  let length = isEnded ? rest.length : 0
  if (!isEnded)
    for (const { index, 0: end } of rest.matchAll(/[.!?…:]["”»)\]]*\s|[。！？]|\n\n/g)) length = index + end.length
  return { sentences: asSpoken(rest.slice(0, length)), until: from + length }
}

function asSpoken(markdown: string): string {
  return markdown
    .replace(/^(```|~~~).*$/gm, '')
    .replace(/!?\[([^\]]+)\]\([^)]*\)/g, '$1')
    .replace(/\s*\[\d{1,3}\]/g, '')
    .replace(/^\s*(#{1,6}|>|[-*+])\s+/gm, '')
    .replace(/[*_`|]+/g, '')
    .replace(/\s+/g, ' ')
    .trim()
}
