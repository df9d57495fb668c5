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
  return svg
}

/** Settings, and styles that could name an address. */
function withoutDirectives(code: string): string {
  return code
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace(/%%\{[\s\S]*?\}%%/g, '')
    .replace(/url\s*\(/gi, '(')
    .replace(/@import/gi, '')
}
