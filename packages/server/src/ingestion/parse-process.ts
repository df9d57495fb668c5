import { readFile } from 'node:fs/promises'
import { detectLanguage } from '../retrieval/detect-language.ts'
import { prepareDocument } from '../retrieval/prepare-document.ts'
import type { ParseAnswer, ParseOrder } from './parse-file.ts'
import { parseDocument } from './parsers/parse-document.ts'
import { ParseFailure } from './parsers/parse-failure.ts'
import { splitPassages } from './split-passages.ts'

/** The program that `parseFile` starts: one order in, one answer out. It ends when its parent goes away. */
process.on('message', (order: ParseOrder) => {
  answer(order).then(
    (result) => process.send?.(result),
    // Nothing here can be handled: the parent reports that the process died, with what it wrote.
    (error: unknown) => {
      setImmediate(() => {
        throw error
      })
    },
  )
})

async function answer({ path, fileName }: ParseOrder): Promise<ParseAnswer> {
  try {
    const document = await parseDocument(fileName, await readFile(path))
    const language = detectLanguage(document.text)
    const passages = splitPassages(document, language)
    const prepared = prepareDocument({ text: document.text, language, passages })
    const { title, warnings, mediaType, format } = document
    return { type: 'parsed', parsed: { ...prepared, title, warnings, mediaType, format } }
  } catch (error) {
    if (error instanceof ParseFailure) return { type: 'failed', reason: error.reason, message: error.message }
    throw error
  }
}
