/** How definitions are written in a family of languages: lines whose first group is the name. */
export interface CodeSyntax {
  /** May hold further definitions: classes, modules. */
  readonly containers: readonly RegExp[]
  readonly functions: readonly RegExp[]
  /** Only taken within a container, where calls and declarations cannot be mistaken for them. */
  readonly members?: readonly RegExp[]
  /** A definition reaches to the next one, not to the next line at its margin. */
  readonly isFlat?: boolean
}

const modifiers = String.raw`(?:(?:export|default|declare|public|private|protected|internal|abstract|static|final|sealed|open|data|partial|async|override|virtual|inline|suspend|unsafe|extern|const|readonly|pub(?:\([^)]*\))?|@\w+(?:\([^)]*\))?)\s+)*`
/** What looks like the head of a method and is none. */
const statement = String.raw`(?!(?:if|for|while|switch|catch|return|else|do|try|new|throw|await|using|lock|with|function|super|this)\b)`
const method = new RegExp(
  String.raw`^\s+${modifiers}(?:get\s+|set\s+|\*\s*)?${statement}(#?[\w$~]+)\s*(?:<[^>]*>)?\([^;]*$`,
)
const typedMethod = new RegExp(
  String.raw`^\s+${modifiers}${statement}[\w<>[\],.?&*:]+(?:\s+[\w<>[\],.?&*:]+)*\s+[*&]?([\w~]+)\s*\([^;]*$`,
)

const script: CodeSyntax = {
  containers: [new RegExp(String.raw`^\s*${modifiers}(?:class|interface|enum|namespace|module)\s+([\w$.]+)`)],
  functions: [
    new RegExp(String.raw`^\s*${modifiers}function\s*\*?\s*([\w$]+)`),
    new RegExp(String.raw`^\s*${modifiers}type\s+([\w$]+)[^=]*=`),
    /^(?:export\s+)?(?:const|let|var)\s+([\w$]+)\b[^=]*=\s*(?:async\s*)?(?:\(|<|function\b|[\w$]+\s*=>)/,
  ],
  members: [method],
}
const braces: CodeSyntax = {
  containers: [
    new RegExp(
      String.raw`^\s*${modifiers}(?:class|interface|enum|struct|record|trait|object|namespace|protocol|extension|actor|mixin|union)\s+([\w.:]+)(?![^{]*;\s*$)`,
    ),
  ],
  functions: [new RegExp(String.raw`^\s*${modifiers}(?:func|fun|function|def)\s+(?:<[^>]*>\s*)?([\w.]+)`)],
  members: [method, typedMethod],
}
const native: CodeSyntax = {
  ...braces,
  functions: [
    /^(?!(?:else|return|typedef|using|if|for|while|switch)\b)[A-Za-z_][\w\s*&:<>,~]*?[\s*&]([\w:~]+)\s*\([^;]*$/,
  ],
}
const families: Readonly<Record<string, CodeSyntax>> = {
  'js mjs cjs jsx ts mts cts tsx vue svelte': script,
  'java cs kt kts scala swift dart php groovy gradle': braces,
  'c h cc cpp cxx hpp': native,
  'py pyi': { containers: [/^\s*class\s+(\w+)/], functions: [/^\s*(?:async\s+)?def\s+(\w+)/] },
  rb: { containers: [/^\s*(?:class|module)\s+([\w:]+)/], functions: [/^\s*def\s+([\w.?!=]+)/] },
  go: { containers: [], functions: [/^func\s+(?:\([^)]*\)\s*)?(\w+)/, /^type\s+(\w+)/] },
  rs: {
    containers: [/^\s*(?:pub(?:\([^)]*\))?\s+)?(?:unsafe\s+)?(?:impl|trait|mod)\b(?:<[^{]*?>)?\s*([^{;]*[^{;\s])\s*\{/],
    functions: [
      /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:(?:async|const|unsafe|extern(?:\s+"[^"]*")?)\s+)*fn\s+(\w+)/,
      /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:struct|enum|union|type|macro_rules!)\s+(\w+)/,
    ],
  },
  'sh bash zsh fish': { containers: [], functions: [/^\s*function\s+([\w:-]+)/, /^\s*([\w:-]+)\s*\(\)/] },
  ps1: { containers: [], functions: [/^\s*function\s+([\w:-]+)/i] },
  lua: { containers: [], functions: [/^\s*(?:local\s+)?function\s+([\w.:]+)/] },
  pl: { containers: [/^package\s+([\w:]+)/], functions: [/^\s*sub\s+(\w+)/] },
  r: { containers: [], functions: [/^([\w.]+)\s*(?:<-|=)\s*function\b/] },
  'ex exs': { containers: [/^\s*defmodule\s+([\w.]+)/], functions: [/^\s*(?:defp?|defmacrop?)\s+([\w?!]+)/] },
  erl: { isFlat: true, containers: [], functions: [/^([a-z]\w*)\([^)]*\)\s*(?:when\b.*)?->/] },
  hs: {
    isFlat: true,
    containers: [],
    functions: [/^(?:data|newtype|type|class|instance)\s+([^=]*\w)/, /^([a-z_]\w*'?)\s*::/],
  },
  clj: { containers: [], functions: [/^\((?:defn-?|def|defmacro|defmulti|defmethod|deftype|defrecord)\s+(\S+)/] },
  sql: {
    isFlat: true,
    containers: [],
    functions: [
      /^\s*create\s+(?:or\s+replace\s+)?(?:temp(?:orary)?\s+|unique\s+|materialized\s+)*(?:table|view|function|procedure|trigger|index|type|schema)\s+(?:if\s+not\s+exists\s+)?([\w."`[\]]+)/i,
    ],
  },
  'proto graphql': {
    containers: [],
    functions: [/^\s*(?:message|service|enum|type|input|interface|union|scalar|query|mutation|fragment)\s+(\w+)/],
  },
  'tf hcl': { containers: [], functions: [/^(\w+(?:\s+"[^"]*")*)\s*\{/] },
  'toml ini cfg conf': { isFlat: true, containers: [], functions: [/^\s*\[+([^\]\n]+)\]/] },
  'yaml yml': { containers: [], functions: [/^([\w."'/-]+)\s*:(?:\s|$)/] },
}
const byExtension = new Map(
  Object.entries(families).flatMap(([extensions, syntax]) =>
    extensions.split(' ').map((each) => [each, syntax] as const),
  ),
)

/** Nothing for languages that are not known. */
export function syntaxOf(extension: string): CodeSyntax | undefined {
  return byExtension.get(extension)
}
