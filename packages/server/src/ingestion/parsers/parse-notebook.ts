import { z } from 'zod'
import { cleanText } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { ParseFailure } from './parse-failure.ts'
import { type MarkdownHeading, readMarkdown } from './parse-markdown.ts'
import type { ParsedDocument } from './parsed-document.ts'

const lines = z.union([z.string(), z.array(z.string()).transform((parts) => parts.join(''))])
const output = z.looseObject({
  output_type: z.string().catch(''),
  text: lines.optional().catch(undefined),
  data: z.looseObject({ 'text/plain': lines.optional() }).optional().catch(undefined),
  ename: z.string().optional().catch(undefined),
  evalue: z.string().optional().catch(undefined),
})
const cell = z.looseObject({
  cell_type: z.string(),
  source: lines.catch(''),
  outputs: z.array(output).optional().catch(undefined),
})
/** Format 3 kept the cells in worksheets and called a source an input. */
const notebook = z.looseObject({ cells: z.array(cell) })

/** Printed output of one cell beyond this is a log, not a result. */
const maxOutputLength = 10_000

export async function parseNotebook(text: string): Promise<ParsedDocument> {
  let json: unknown
  try {
    json = JSON.parse(text)
  } catch (error) {
    throw new ParseFailure('damaged', 'The notebook is damaged or was cut off: it is not valid JSON.', { cause: error })
  }
  const parsed = notebook.safeParse(json)
  if (!parsed.success) throw new ParseFailure('unsupported', 'The file is not a Jupyter notebook of version 4.')
  const builder = new DocumentBuilder()
  let headings: readonly MarkdownHeading[] = []
  for (const { cell_type, source, outputs } of parsed.data.cells) {
    if (cell_type === 'markdown') {
      const text = cleanText(source)
      const markdown = await readMarkdown(text, headings)
      headings = markdown.headings
      builder.addDocument({ text, blocks: markdown.blocks })
    } else {
      builder.restartHeadings(headings.map((heading) => heading.text))
      builder.addBlock(cell_type === 'code' ? 'code' : 'paragraph', source)
      for (const result of outputs ?? []) builder.addBlock('note', outputText(result).slice(0, maxOutputLength))
    }
  }
  const document = builder.build()
  const title = document.blocks.find((block) => block.kind === 'heading')?.headingPath[0]
  return { ...document, title: title ?? null }
}

function outputText({ text, data, ename, evalue }: z.infer<typeof output>): string {
  if (ename !== undefined) return `${ename}: ${evalue ?? ''}`
  return text ?? data?.['text/plain'] ?? ''
}
