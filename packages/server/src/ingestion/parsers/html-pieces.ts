/** A tree takes many times its text: a page of 50 MB is read in pieces, the memory of each freed before the next. */
const pieceLength = 1_000_000

/** What is not cut through: its parts mean nothing alone. */
const whole = new Set(
  'pre script style template textarea select svg math nav noscript object iframe head title'.split(' '),
)
const mayBegin = new Set('h1 h2 h3 h4 h5 h6 p div section article table ul ol dl pre blockquote hr main'.split(' '))
/** Parts of a large list or table, at which these are cut when they alone are too much. */
const mayContinue = new Set('tr li dt tbody p div'.split(' '))

export const largestWholePage = 3_000_000

/** Cuts a page where blocks begin; what was open there is open no more, which costs a large table its header. */
export function* splitHtml(html: string): Generator<string> {
  let start = 0
  let inWhole: string | undefined
  let nested = 0
  for (const match of html.matchAll(/<(\/?)([a-zA-Z][a-zA-Z0-9]*)\b/g)) {
    const name = match[2]?.toLowerCase() ?? ''
    const isClosing = match[1] === '/'
    if (inWhole !== undefined) {
      if (name === inWhole && isClosing) inWhole = undefined
      continue
    }
    if (name === 'table' || name === 'ul' || name === 'ol') nested = Math.max(0, nested + (isClosing ? -1 : 1))
    if (isClosing) continue
    const length = match.index - start
    const isBorder =
      (length >= pieceLength && mayBegin.has(name) && nested <= (/^(?:table|ul|ol)$/.test(name) ? 1 : 0)) ||
      (length >= pieceLength * 2 && mayContinue.has(name))
    if (isBorder) {
      yield html.slice(start, match.index)
      start = match.index
      nested = name === 'table' || name === 'ul' || name === 'ol' ? 1 : 0
    }
    if (whole.has(name)) inWhole = name
  }
  yield html.slice(start)
}
