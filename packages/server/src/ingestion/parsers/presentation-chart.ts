import { childrenOf, descendantsOf, findElement, textOf, type XmlElement } from './parse-xml.ts'

const kinds = /^(?:area|bar|bubble|doughnut|line|ofPie|pie|radar|scatter|stock|surface)(?:3D)?Chart$/

/** A chart as the table its author made it of: a row for each category, `Category: …; Series: value`. */
export function describeChart(part: XmlElement): { title: string; rows: string[] } {
  const chart = findElement(part, 'chartSpace', 'chart')
  const title = [...descendantsOf(findElement(chart, 'title') ?? part, 't')].map(textOf)
  const plot = findElement(chart, 'plotArea')
  const rows = new Map<string, string[]>()
  for (const drawing of plot?.children ?? []) {
    if (typeof drawing === 'string' || !kinds.test(drawing.name)) continue
    childrenOf(drawing, 'ser').forEach((series, index) => {
      const name = pointsOf(findElement(series, 'tx'))[0] ?? `Series ${index + 1}`
      const categories = pointsOf(findElement(series, 'cat') ?? findElement(series, 'xVal'))
      pointsOf(findElement(series, 'val') ?? findElement(series, 'yVal')).forEach((value, position) => {
        const category = categories[position] ?? String(position + 1)
        rows.set(category, [...(rows.get(category) ?? []), `${name}: ${shortNumber(value)}`])
      })
    })
  }
  return {
    title: findElement(chart, 'title') === undefined ? '' : title.join(''),
    rows: [...rows].map(([category, values]) => [category, ...values].join('; ')),
  }
}

function pointsOf(data: XmlElement | undefined): string[] {
  return data === undefined ? [] : [...descendantsOf(data, 'v')].map(textOf)
}

function shortNumber(value: string): string {
  const number = Number(value)
  return value.trim() === '' || Number.isNaN(number) ? value : String(Number(number.toPrecision(12)))
}
