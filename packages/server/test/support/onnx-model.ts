import { createHash } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

type Bytes = Buffer

/** Protocol buffers by hand: a field's number and wire type, then a count, text, or another message. */
function varint(value: number): Bytes {
  const bytes: number[] = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest])
    bytes.push((rest % 128) + 128)
  }
}
const count = (field: number, value: number) => Buffer.concat([varint(field * 8), varint(value)])
const bytes = (field: number, value: Bytes) => Buffer.concat([varint(field * 8 + 2), varint(value.length), value])
const text = (field: number, value: string) => bytes(field, Buffer.from(value))
const message = (field: number, ...parts: readonly Bytes[]) => bytes(field, Buffer.concat(parts))

const [float32, int64] = [1, 7]

function tensorInfo(field: number, name: string, type: number, dimensions: readonly string[]): Bytes {
  const shape = message(2, ...dimensions.map((dimension) => message(1, text(2, dimension))))
  return message(field, text(1, name), message(2, message(1, count(1, type), shape)))
}

/**
 * A folder as ONNX exports have it, of a model that knows these words: each token's output is its row of a table, so a
 * text's vector is the mean of its words'. Words of the same number have the same row.
 */
export function writeOnnxModel(folder: string, words: Readonly<Record<string, number>>, dimensions = 48): void {
  const vocabulary = ['[PAD]', '[UNK]', ...Object.keys(words)]
  const rows = vocabulary.flatMap((word) =>
    Array.from(
      createHash('sha512').update(String(words[word])).digest().subarray(0, dimensions),
      (byte) => byte / 127.5 - 1,
    ),
  )
  const table = Buffer.from(Float32Array.from(rows).buffer)
  const graph = message(
    7,
    message(1, text(1, 'table'), text(1, 'input_ids'), text(2, 'last_hidden_state'), text(4, 'Gather')),
    text(2, 'words'),
    message(5, count(1, vocabulary.length), count(1, dimensions), count(2, float32), text(8, 'table'), bytes(9, table)),
    tensorInfo(11, 'input_ids', int64, ['batch', 'tokens']),
    tensorInfo(12, 'last_hidden_state', float32, ['batch', 'tokens', 'width']),
  )
  mkdirSync(join(folder, 'onnx'), { recursive: true })
  writeFileSync(
    join(folder, 'onnx/model.onnx'),
    Buffer.concat([count(1, 8), graph, message(8, text(1, ''), count(2, 13))]),
  )
  const tokenizer = {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: [],
    normalizer: { type: 'Lowercase' },
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(vocabulary.map((word, id) => [word, id])),
    },
  }
  writeFileSync(join(folder, 'tokenizer.json'), JSON.stringify(tokenizer))
  writeFileSync(join(folder, 'tokenizer_config.json'), JSON.stringify({ model_max_length: 64 }))
}
