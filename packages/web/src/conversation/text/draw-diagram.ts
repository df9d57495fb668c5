import { createMermaidPlugin } from '@streamdown/mermaid'

const { getMermaid } = createMermaidPlugin()

/** What a diagram may not say about itself: anything but what it draws. */
const secure = [
  'secure',
  'securityLevel',
  'startOnLoad',
  'maxTextSize',
  'maxEdges',
  'themeCSS',
  'fontFamily',
  'htmlLabels',
]

export async function drawDiagram(id: string, code: string, isDark: boolean): Promise<string> {
  const drawn = withoutDirectives(code)
  const { svg } = await getMermaid({
    startOnLoad: false,
    securityLevel: 'strict',
    suppressErrorRendering: true,
    theme: isDark ? 'dark' : 'default',
    fontFamily: 'system-ui, sans-serif',
    htmlLabels: false,
    flowchart: { htmlLabels: false },
    maxTextSize: 20_000,
    secure,
  }).render(id, drawn)
  return atItsOwnSize(svg)
}

/** Mermaid's fills whatever it is put into, so that two boxes would be as wide as the conversation. */
function atItsOwnSize(svg: string): string {
  const width = /viewBox="\S+ \S+ ([\d.]+) /.exec(svg)?.[1]
  return width === undefined ? svg : svg.replace('width="100%"', `width="${width}"`)
}

/** Settings, and styles that could name an address. */
function withoutDirectives(code: string): string {
  return code
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace(/%%\{[\s\S]*?\}%%/g, '')
    .replace(/url\s*\(/gi, '(')
    .replace(/@import/gi, '')
}
