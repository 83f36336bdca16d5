import { z } from 'zod'
import type { Artifact } from '../model/release.ts'
import type { Published } from './describe.ts'
import { dateText, notesText, tagText, titleText } from './spec.ts'

/** All that GitHub's API says of a release but its files; Gitea and Forgejo took it over. */
export const githubShape = {
  tag_name: tagText,
  name: titleText.nullish(),
  body: notesText.nullish(),
  html_url: z.url().nullish(),
  draft: z.boolean().default(false),
  prerelease: z.boolean().default(false),
  published_at: dateText.nullish(),
  zipball_url: z.url().nullish(),
  tarball_url: z.url().nullish(),
}
const shape = z.object(githubShape)

export function fromGithubShape(release: z.infer<typeof shape>, files: readonly Artifact[]): Published {
  return {
    tag: release.tag_name,
    title: release.name ?? null,
    notes: release.body ?? null,
    url: release.html_url ?? null,
    publishedAt: release.published_at ?? null,
    prerelease: release.prerelease,
    files,
    archives: { 'source-zip': release.zipball_url ?? null, 'source-tar': release.tarball_url ?? null },
  }
}
