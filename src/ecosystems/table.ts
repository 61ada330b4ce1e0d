/** The table of all ecosystems. */

import { c } from './c.ts'
import { deno } from './deno.ts'
import { dotnet } from './dotnet.ts'
import { editors } from './editors.ts'
import { elixir } from './elixir.ts'
import { golang } from './go.ts'
import { hugoSites } from './hugo.ts'
import { java } from './java.ts'
import type { Ecosystem } from './model.ts'
import { node } from './node.ts'
import { php } from './php.ts'
import { python } from './python.ts'
import { r } from './r.ts'
import { ruby } from './ruby.ts'
import { rust } from './rust.ts'
import { shell } from './shell.ts'
import { swift } from './swift.ts'
import { systemPackages } from './system-packages.ts'
import { terraform } from './terraform.ts'

/** Every ecosystem there is, in the order in which they are asked: projects first, then what applies everywhere. */
export const ecosystems: readonly Ecosystem[] = [
  node,
  deno,
  python,
  golang,
  rust,
  java,
  ruby,
  php,
  dotnet,
  elixir,
  hugoSites,
  swift,
  r,
  c,
  terraform,
  editors,
  systemPackages,
  shell,
]
