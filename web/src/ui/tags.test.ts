import { expect, test } from 'vitest'
import { withoutTags } from './tags.ts'

test.each([
  ['<details><summary>More</summary>Text</details>', '  More Text '],
  ['<script>alert(1)</script>after', 'after'],
  ['<script>alert(1)', ''],
  ['<!-- hidden -->shown', 'shown'],
  ['<img src=x onerror="alert(1)">', ' '],
  ['<scr<script>ipt>alert(1)', '&lt;scr'],
  ['<<b>img src=x>', '&lt; img src=x&gt;'],
  ['a &amp; b', 'a &amp; b'],
])('when a stranger writes %s then no tag is left', (html, expected) => {
  expect(withoutTags(html)).toBe(expected)
})
