import { readFile } from 'node:fs/promises'
import { detectLanguage } from '../../retrieval/analysis/detect-language.ts'
import { prepareDocument } from '../../retrieval/prepare-document.ts'
import { parseDocument } from '../parsers/parse-document.ts'
import { ParseFailure } from '../parsers/parse-failure.ts'
import { splitPassages } from '../split-passages.ts'
import { type ParseMessage, type ParseOrder, sendParsed } from './parse-message.ts'

/** The program of `openParser`'s processes: one order after the other, each answered. It ends when its parent goes away. */
process.on('message', (order: ParseOrder) => {
  answer(order).catch((error: unknown) => {
    // Nothing here can be handled: the parent reports that the process died, with what it wrote.
    setImmediate(() => {
      throw error
    })
  })
})

async function answer({ path, fileName, timeoutMs }: ParseOrder): Promise<void> {
  try {
    const document = await parseDocument(fileName, await readFile(path), { deadline: Date.now() + timeoutMs * 0.7 })
    const language = detectLanguage(document.text)
    const passages = splitPassages(document, language)
    const prepared = prepareDocument({ text: document.text, language, passages })
    const { title, warnings, mediaType, format } = document
    await sendParsed({ ...prepared, title, warnings, mediaType, format }, passages, send)
  } catch (error) {
    if (!(error instanceof ParseFailure)) throw error
    await send({ type: 'failed', reason: error.reason, message: error.message })
  }
}

/** Resolves when the message is written, so that a large document is never held twice. */
function send(message: ParseMessage): Promise<void> {
  return new Promise((resolve, reject) => {
    if (process.send === undefined) throw new Error('This program is started by openParser')
    process.send(message, undefined, {}, (error) => (error === null ? resolve() : reject(error)))
  })
}
