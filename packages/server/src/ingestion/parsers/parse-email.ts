import type { Address, Attachment, Email } from 'postal-mime'
import { collapseSpaces, shortTitle } from './clean-text.ts'
import { DocumentBuilder } from './document-builder.ts'
import { addHtmlBlocks } from './html-blocks.ts'
import { parseDom } from './html-node.ts'
import { ParseFailure } from './parse-failure.ts'
import { parsePlainText } from './parse-plain-text.ts'
import type { ParsedDocument } from './parsed-document.ts'

/** Reads a file that came with a message, as if it had been uploaded. */
export type ReadAttachment = (fileName: string, bytes: Uint8Array) => Promise<ParsedDocument>

/** More of them are listed, not read: a mailbox is not a file server. */
const maxAttachmentsRead = 200

/** One message: its subject as heading, who wrote to whom and when, the text, and the files that came with it. */
export async function parseEmail(bytes: Uint8Array, readAttachment: ReadAttachment): Promise<ParsedDocument> {
  const builder = new DocumentBuilder()
  const email = await parseMessage(bytes)
  if (email.headers.length === 0) throw new ParseFailure('damaged', 'The file is no e-mail message: it has no headers.')
  await new MailWalk(builder, readAttachment).add(email)
  builder.title = shortTitle(email.subject)
  return builder.build()
}

/** A mailbox: message after message. One that is damaged is left out and named. */
export async function parseMailbox(bytes: Uint8Array, readAttachment: ReadAttachment): Promise<ParsedDocument> {
  const builder = new DocumentBuilder()
  const walk = new MailWalk(builder, readAttachment)
  let number = 0
  for (const message of splitMailbox(bytes)) {
    number++
    try {
      await walk.add(await parseMessage(message))
    } catch (error) {
      if (error instanceof ParseFailure && error.reason === 'too_large') throw error
      builder.warnings.push(`Message ${number} is damaged and was left out.`)
    }
  }
  return builder.build()
}

async function parseMessage(bytes: Uint8Array): Promise<Email> {
  const { default: PostalMime } = await import('postal-mime')
  try {
    return await PostalMime.parse(bytes, { maxNestingDepth: 50 })
  } catch (error) {
    throw new ParseFailure('damaged', 'The message is damaged or nests its parts too deeply to be read.', {
      cause: error,
    })
  }
}

/** Messages begin with a line `From `, after an empty line; the mark `>From ` of a text that begins so stays. */
function* splitMailbox(bytes: Uint8Array): Generator<Uint8Array> {
  const content = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  let start = 0
  for (let at = content.indexOf('\nFrom '); at !== -1; at = content.indexOf('\nFrom ', at + 1)) {
    const before = content.subarray(Math.max(0, at - 2), at).toString('latin1')
    if (!/\n\r?$/.test(before)) continue
    yield withoutFromLine(content.subarray(start, at))
    start = at + 1
  }
  yield withoutFromLine(content.subarray(start))
}

function withoutFromLine(message: Buffer): Uint8Array {
  return message.subarray(message.indexOf('\n') + 1)
}

class MailWalk {
  readonly #builder: DocumentBuilder
  readonly #readAttachment: ReadAttachment
  #attachmentsRead = 0

  constructor(builder: DocumentBuilder, readAttachment: ReadAttachment) {
    this.#builder = builder
    this.#readAttachment = readAttachment
  }

  async add(email: Email): Promise<void> {
    const subject = collapseSpaces(email.subject ?? '') || 'Message without a subject'
    this.#builder.restartHeadings()
    this.#builder.addHeading(1, subject)
    this.#builder.addBlock('paragraph', headerLines(email))
    await this.#addBody(email)
    for (const attachment of email.attachments) await this.#addAttachment(subject, attachment)
  }

  async #addBody({ text, html }: Email): Promise<void> {
    // Newsletters say in plain text that they have none.
    if (html !== undefined && (text ?? '').trim().length < 200) addHtmlBlocks(await parseDom(html), this.#builder)
    else for (const paragraph of paragraphsOf(text ?? '')) this.#builder.addBlock('paragraph', paragraph)
  }

  async #addAttachment(subject: string, attachment: Attachment): Promise<void> {
    const { content, mimeType, related } = attachment
    const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : new Uint8Array(content)
    const name = shortTitle(attachment.filename) ?? nameOf(mimeType)
    // Pictures within the text of the message, such as the logo under every signature.
    if (related === true && mimeType.startsWith('image/')) return
    this.#builder.restartHeadings([subject])
    this.#builder.addBlock('note', `Attachment: ${name} (${mimeType}, ${bytes.byteLength} bytes)`)
    if (++this.#attachmentsRead > maxAttachmentsRead) {
      this.#builder.warnings.push(`The attachment “${name}” is listed but was not read: there are too many.`)
      return
    }
    try {
      const document = await this.#readAttachment(name, bytes)
      this.#builder.addDocument(document, [subject, `Attachment: ${name}`])
      for (const warning of document.warnings) this.#builder.warnings.push(`“${name}”: ${warning}`)
    } catch (error) {
      if (!(error instanceof ParseFailure)) throw error
      this.#builder.warnings.push(`The attachment “${name}” was not read: ${error.message}`)
    }
  }
}

function headerLines({ from, to, cc, date }: Email): string {
  const lines = [
    ['From', from === undefined ? '' : describeAddress(from)],
    ['To', (to ?? []).map(describeAddress).join(', ')],
    ['Cc', (cc ?? []).map(describeAddress).join(', ')],
    ['Date', (date ?? '').replace(/T(\d\d:\d\d:\d\d)(?:\.\d+)?Z$/, ' $1 UTC')],
  ] as const
  return lines
    .filter(([, value]) => value.trim() !== '')
    .map(([name, value]) => `${name}: ${collapseSpaces(value)}`)
    .join('\n')
}

function describeAddress(address: Address): string {
  if (address.group !== undefined) return `${address.name}: ${address.group.map(describeAddress).join(', ')}`
  return address.name === '' ? address.address : `${address.name} <${address.address}>`
}

function paragraphsOf(text: string): string[] {
  const document = parsePlainText(text)
  return document.blocks.map(({ start, end }) => document.text.slice(start, end))
}

function nameOf(mimeType: string): string {
  if (mimeType === 'message/rfc822') return 'message.eml'
  return mimeType === 'text/html' ? 'page.html' : mimeType.startsWith('text/') ? 'text.txt' : 'unnamed'
}
