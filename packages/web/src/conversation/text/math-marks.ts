const display = /\\\[([\s\S]+?)\\\]/g
const inline = /\\\((.+?)\\\)/g
/** As pandoc has it: no space inside the signs, no digit after them. "$5 and $10" is money. */
const dollars = /(?<![\\$])\$(?![\s$])((?:\\.|[^$\\\n])*?)(?<!\s)\$(?![\d$])/g

/** Whether some of the text asks for KaTeX. */
export function hasMath(text: string): boolean {
  return /\$\$|\\\(|\\\[/.test(text) || new RegExp(dollars.source).test(text)
}

/** Brings the ways in which models write formulas to the one that the parser reads: `$$`. Leaves code alone. */
export function toDoubleDollars(text: string): string {
  return text
    .split(/(```[\s\S]*?(?:```|$)|`[^`\n]*`|\$\$[\s\S]*?\$\$)/)
    .map((part, index) =>
      index % 2 === 1
        ? part
        : part
            .replace(display, (_, formula: string) => `\n$$\n${formula.trim()}\n$$\n`)
            .replace(inline, (_, formula: string) => `$$${formula.trim()}$$`)
            .replace(dollars, (_, formula: string) => `$$${formula}$$`),
    )
    .join('')
}
