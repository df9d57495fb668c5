import { describe, expect, it } from 'vitest'
import { outlinePaths } from '../../../test/fixtures/outline-document.ts'
import { splitPassages } from '../split-passages.ts'
import { parseDocument } from './parse-document.ts'

const sources: Record<string, [source: string, paths: readonly string[]]> = {
  'a.py': [
    'import os\n\n# Closes it.\n@cached\ndef close(valve):\n    def inner():\n        pass\n\n    return inner\n\nclass Pump:\n    size = 1\n\n    async def start(self):\n        return 1\n\nx = 2\n',
    ['', 'close', 'close', 'Pump', 'Pump > start', ''],
  ],
  'a.ts': [
    "import x from 'x'\n\n/** Closes it. */\nexport async function close(valve: Valve): Promise<void> {\n  if (valve) {\n    return\n  }\n}\n\nexport class Pump<T> {\n  readonly #size = 1\n\n  start(speed: number): void {\n    while (true) stop()\n  }\n}\n\nexport const open = (valve) => valve\n",
    ['', 'close', 'Pump', 'Pump > start', 'open'],
  ],
  'A.java': [
    'package a;\n\npublic final class Pump extends Part {\n    private int size = 1;\n\n    @Override\n    public List<String> start(int speed) throws Error {\n        return call(speed);\n    }\n}\n',
    ['', 'Pump', 'Pump > start'],
  ],
  'a.go': [
    'package a\n\ntype Pump struct {\n\tsize int\n}\n\nfunc (p *Pump) Start() error {\n\treturn nil\n}\n',
    ['', 'Pump', 'Start'],
  ],
  'a.rs': [
    'use a;\n\npub struct Pump;\n\nimpl Start for Pump {\n    fn start(&self) -> u8 {\n        1\n    }\n}\n',
    ['', 'Pump', 'Start for Pump', 'Start for Pump > start'],
  ],
  'a.c': [
    '#include <a.h>\n\nstatic int close_valve(struct valve *v)\n{\n\treturn 0;\n}\n\nint main(void) {\n\treturn close_valve(0);\n}\n',
    ['', 'close_valve', 'main'],
  ],
  'a.sql': [
    'CREATE TABLE IF NOT EXISTS pumps (\n  id int\n);\n\ncreate or replace view v as select 1;\n',
    ['pumps', 'v'],
  ],
  'a.toml': ['name = "x"\n\n[tool.build]\nfast = true\n', ['', 'tool.build']],
}

describe('code says of every piece which definition it stands in', () => {
  it.each(Object.keys(sources))('%s', async (name) => {
    const [source = '', paths = []] = sources[name] ?? []
    const document = await parseDocument(name, Buffer.from(source))
    expect(document.text).toBe(source)
    expect(outlinePaths(document).map((line) => line.slice(0, line.indexOf(': ')))).toEqual(paths)
  })
})

it('a definition begins with its comment, and one that is not tiny gets a passage of its own', async () => {
  const body = (name: string) =>
    `# About ${name}.\ndef ${name}(valve):\n${'    valve.turn(once, twice, three_times)\n'.repeat(9)}\n`
  const document = await parseDocument('a.py', Buffer.from(`${body('open')}${body('close')}`))
  const passages = splitPassages(document, 'en')
  expect(passages.map(({ headingPath, text }) => [headingPath, text.split('\n')[0]])).toEqual([
    [['open'], '# About open.'],
    [['close'], '# About close.'],
  ])
})
