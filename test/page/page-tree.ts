/** What the page of a scan starts from, by way of the bytes that it is given. */

import { contextTrees } from '../../src/analyse/trees.ts'
import { type PageData, type PageTree, packPage, unpackPage } from '../../src/page/packed.ts'
import type { Scan } from '../../src/scan.ts'

export function pageOf({ report, part }: Scan): PageData {
  return unpackPage(packPage(report, contextTrees([part])))
}

export function treeOf(scan: Scan): PageTree {
  const [tree] = pageOf(scan).trees
  if (!tree) throw new Error('a scan has a tree')
  return tree
}
