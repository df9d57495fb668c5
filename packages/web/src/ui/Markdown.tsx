import type { ReactNode } from 'react'
import ReactMarkdown, { type Components, type Options } from 'react-markdown'
import { harden } from 'rehype-harden'
import { markDirection } from './mark-direction.ts'
import { readGfm } from './read-gfm.ts'
import { safeLink } from './safe-link.ts'

type Plugins = NonNullable<Options['remarkPlugins']>

/** Addresses are judged where they become links; what this takes out never gets there. */
const hardened: Plugins[number] = [
  harden,
  {
    allowedLinkPrefixes: ['*'],
    allowedImagePrefixes: ['*'],
    allowedProtocols: [],
    allowDataImages: false,
    linkBlockPolicy: 'text-only',
    imageBlockPolicy: 'text-only',
  },
]

const plainComponents: Components = {
  a: ({ href, children }) => <SafeLink href={href}>{children}</SafeLink>,
  // An image would tell its server who reads what: it is a link to follow, or its words.
  img: ({ src, alt = '' }) => <SafeLink href={src}>{alt === '' && typeof src === 'string' ? src : alt}</SafeLink>,
  code: ({ children }) => (
    <code dir="ltr" className="rounded bg-muted px-1 py-0.5 font-mono text-[0.9em] wrap-anywhere">
      {children}
    </code>
  ),
  p: block('p', 'my-3 leading-7'),
  ul: block('ul', 'my-3 list-disc ps-6 [&_ol]:my-1 [&_ul]:my-1'),
  ol: ({ dir, children, start }) => (
    <ol dir={dir} start={start} className="my-3 list-decimal ps-7 [&_ol]:my-1 [&_ul]:my-1">
      {children}
    </ol>
  ),
  li: ({ children }) => <li className="my-1 ps-1 leading-7 [&>p]:my-1">{children}</li>,
  blockquote: block('blockquote', 'my-4 border-s-4 ps-4 text-muted-foreground'),
  hr: () => <hr className="my-6" />,
  // Below the heading of the message or dialog that they are part of.
  h1: block('h4', 'mt-6 mb-2 text-xl font-semibold'),
  h2: block('h4', 'mt-6 mb-2 text-lg font-semibold'),
  h3: block('h5', 'mt-5 mb-2 font-semibold'),
  h4: block('h5', 'mt-4 mb-2 font-semibold'),
  h5: block('h6', 'mt-4 mb-2 text-sm font-semibold'),
  h6: block('h6', 'mt-4 mb-2 text-sm font-semibold'),
  table: ({ dir, children }) => (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div dir={dir} tabIndex={0} className="my-4 overflow-x-auto rounded-lg border">
      <table className="w-full border-collapse text-sm [&_td]:border-t [&_td]:px-3 [&_td]:py-2 [&_td]:align-top [&_th]:bg-muted [&_th]:px-3 [&_th]:py-2 [&_th]:text-start [&_th]:font-medium">
        {children}
      </table>
    </div>
  ),
}

interface MarkdownProps {
  readonly children: string
  /** In place of the plain ones. */
  readonly components?: Components
  readonly remarkPlugins?: Plugins
  readonly rehypePlugins?: Plugins
}

/**
 * Markdown of somebody who is not trusted. HTML in it stays the text it is, nothing is fetched, and every part runs in
 * the direction of its own words.
 */
export function Markdown({ children, components, remarkPlugins = [], rehypePlugins = [] }: MarkdownProps) {
  return (
    <ReactMarkdown
      components={components === undefined ? plainComponents : { ...plainComponents, ...components }}
      remarkPlugins={[readGfm, ...remarkPlugins]}
      rehypePlugins={[hardened, markDirection, ...rehypePlugins]}
      urlTransform={asWritten}
    >
      {children}
    </ReactMarkdown>
  )
}

interface BlockProps {
  readonly dir?: string | undefined
  readonly children?: ReactNode
}

/** An element that runs in the direction of its own words. */
function block(Tag: 'p' | 'ul' | 'blockquote' | 'h4' | 'h5' | 'h6', className: string) {
  return ({ dir, children }: BlockProps) => (
    <Tag dir={dir} className={className}>
      {children}
    </Tag>
  )
}

function asWritten(url: string): string {
  return url
}

function SafeLink({ href, children }: { readonly href: unknown; readonly children: ReactNode }) {
  const address = safeLink(href)
  if (address === undefined) return children
  return (
    <a
      href={address}
      target="_blank"
      rel="noopener noreferrer nofollow"
      className="text-primary underline underline-offset-2 wrap-anywhere"
    >
      {children}
    </a>
  )
}
