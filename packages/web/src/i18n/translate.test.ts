import { expect, it } from 'vitest'
import { words as german } from './de.ts'
import { words as english } from './en.ts'

type Tree = { readonly [key: string]: string | Tree }

function paths(tree: Tree, prefix = ''): string[] {
  return Object.entries(tree).flatMap(([key, value]) =>
    typeof value === 'string' ? [`${prefix}${key}`] : paths(value, `${prefix}${key}.`),
  )
}

function textOf(tree: Tree, path: string): string {
  const found = path
    .split('.')
    .reduce<string | Tree>((part, key) => (typeof part === 'string' ? part : (part[key] ?? '')), tree)
  return typeof found === 'string' ? found : ''
}

it('says everything in German that it says in English', () => {
  expect(paths(german).sort()).toEqual(paths(english).sort())
})

it('fills the same places in both languages', () => {
  const places = (text: string) => [...text.matchAll(/\{\{.+?\}\}/g)].map(String).sort()
  for (const path of paths(english))
    expect([path, places(textOf(german, path))]).toEqual([path, places(textOf(english, path))])
})
