import { describe, expect, it } from 'vitest'
import { decodeText } from './decode-text.ts'

const russian = 'Насос работает каждый день. Закройте клапан, прежде чем открыть насос.\n'
const japanese = 'ポンプを開ける前に、バルブを閉めてください。毎日油を差します。\n'

function utf16(text: string, isLittleEndian: boolean): Buffer {
  const bytes = Buffer.from(text, 'utf16le')
  return isLittleEndian ? bytes : bytes.swap16()
}

function utf32(text: string): Buffer {
  const points = Uint32Array.from(`\ufeff${text}`, (character) => character.codePointAt(0) ?? 0)
  return Buffer.from(points.buffer)
}

describe('text is read in', () => {
  const cases: [string, Uint8Array, string][] = [
    ['UTF-8 with a mark', Buffer.from('\ufeffGrüße'), 'Grüße'],
    [
      'UTF-8 with a broken byte',
      Buffer.concat([Buffer.from('Grüße, schöne Grüße'), Buffer.from([0xff])]),
      'Grüße, schöne Grüße\ufffd',
    ],
    ['UTF-16 without a mark, Latin', utf16('Hello there', true), 'Hello there'],
    ['UTF-16 without a mark, Cyrillic', utf16(russian, true), russian],
    ['UTF-16 without a mark, Japanese, big-endian', utf16(japanese, false), japanese],
    ['UTF-32', utf32('Grüße 🙂'), 'Grüße 🙂'],
    ['ISO 2022', Buffer.from('\x1b$B%]%s%W\x1b(B ok', 'latin1'), 'ポンプ ok'],
    [
      'windows-1252',
      Buffer.from('Gr\xfc\xdfe \x96 sch\xf6n, \x84gut\x93. Die Stra\xdfe f\xfchrt \xfcber die Br\xfccke.', 'latin1'),
      'Grüße – schön, „gut“. Die Straße führt über die Brücke.',
    ],
    [
      'Shift_JIS',
      Buffer.from(
        '837c83938376828e8a4a82af82e9914f82c9814183' + '6f838b837582f095c282df82c482ad82be82b382a28142',
        'hex',
      ),
      'ポンプｎ開ける前に、バルブを閉めてください。',
    ],
    [
      'windows-1251',
      Buffer.from('cde0f1eef120f0e0e1eef2e0e5f220eae0e6e4fbe920e4e5edfc2c20e7e0eaf0eee9f2e520eaebe0efe0ed', 'hex'),
      'Насос работает каждый день, закройте клапан',
    ],
    [
      'what a page declares',
      Buffer.from('<meta charset="iso-8859-2"><p>\xb3\xf3d\xbc</p>', 'latin1'),
      '<meta charset="iso-8859-2"><p>łódź</p>',
    ],
  ]
  it.each(cases)('%s', async (_what, bytes, text) => {
    expect((await decodeText(bytes)).text).toBe(text)
  })
})

describe('what a page or XML file declares', () => {
  // Bytes of GBK that are valid UTF-8 as well.
  const unicom = Buffer.from('c1aacda8', 'hex')
  const page = (head: string, body: Uint8Array) => Buffer.concat([Buffer.from(head, 'latin1'), body])
  it.each([
    ['counts before detection', page('<meta charset=gbk>', unicom), '联通'],
    [
      'in its older form, too',
      page('<meta http-equiv=Content-Type content="text/html; charset=GB2312">', unicom),
      '联通',
    ],
    ['in XML', page('<?xml version="1.0" encoding="GBK"?><a>', unicom), '联通'],
    ['but not before a byte order mark', page('\xef\xbb\xbf<meta charset=gbk>', Buffer.from('é')), 'é'],
    ['nor in a comment', page('<!-- <meta charset=gbk> -->', Buffer.from('é')), 'é'],
    ['nor UTF-16, which would not have been read so far', page('<meta charset=utf-16>', Buffer.from('é')), 'é'],
    [
      'nor UTF-8 that it does not keep to',
      page('<meta charset=utf-8>', Buffer.from('Gr\xfc\xdfe aus K\xf6ln', 'latin1')),
      'Grüße aus Köln',
    ],
    ['nor what nobody knows', page('<meta charset=nonsense>', Buffer.from('é')), 'é'],
  ])('%s', async (_what, bytes, text) => {
    expect((await decodeText(bytes, { isMarkup: true })).text.endsWith(text)).toBe(true)
  })

  it('is not what a text about pages declares', async () => {
    const text = 'Write <meta charset=gbk> when the page is in GBK: é'
    expect((await decodeText(Buffer.from(text))).text).toBe(text)
  })
})
