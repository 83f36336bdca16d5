import { Folders } from './folders.ts'
import { nameOf, parentOf } from './paths.ts'
import { type Found, lookIn } from './state.ts'

/** The tree that a transaction changes. */
export class Tree implements Disposable {
  readonly folders: Folders

  constructor(root: string) {
    this.folders = new Folders(root)
  }

  /** null: nothing is there by exactly this name; where case is not told apart, another spelling is not it. */
  look(path: string): Found | null {
    const folder = this.folders.at(parentOf(path))
    if (folder === null) return null
    const name = nameOf(path)
    const found = lookIn(folder, name)
    if (found === null || !foldsCase || folder.names().includes(name)) return found
    return null
  }

  /** One path for each file system that these folders of the tree lie on. */
  filesystems(paths: Iterable<string>): readonly string[] {
    const { root } = this.folders
    const places = new Map([[root.stat().dev, root.path]])
    for (const path of new Set(paths)) {
      const folder = this.folders.at(path)
      if (folder !== null) places.set(folder.stat().dev, places.get(folder.stat().dev) ?? folder.path)
    }
    return [...places.values()]
  }

  [Symbol.dispose](): void {
    this.folders[Symbol.dispose]()
  }
}

/** File systems of Linux tell case apart, unless a folder was made not to. */
const foldsCase = process.platform === 'darwin' || process.platform === 'win32'
