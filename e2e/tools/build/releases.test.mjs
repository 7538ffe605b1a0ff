import { expect, test } from 'vitest'
import { leftovers, nextReleases } from './releases.mjs'

const release = (version, ...files) => ({ version, entry: files[0], files })

test('the assets of the two former releases stay, older ones go', () => {
  const before = [release('3', 'c.js'), release('2', 'b.js', 'shared.js'), release('1', 'a.js')]
  const after = nextReleases(before, release('4', 'd.js', 'shared.js'))
  expect(after.map((one) => one.version)).toEqual(['4', '3', '2'])
  expect(leftovers(['a.js', 'b.js', 'c.js', 'd.js', 'shared.js', 'manifest.json'], after)).toEqual(['a.js'])
})

test('building one version again keeps the build before it, no more, and costs no former release its place', () => {
  const before = [release('2', 'b2.js'), release('2', 'b1.js'), release('1', 'a.js')]
  const after = nextReleases(before, release('2', 'b3.js'))
  expect(after).toEqual([release('2', 'b3.js'), release('2', 'b2.js'), release('1', 'a.js')])
  expect(leftovers(['a.js', 'b1.js', 'b2.js', 'b3.js', 'manifest.json'], after)).toEqual(['b1.js'])
})

test('a build that changed nothing changes nothing', () => {
  const before = [release('2', 'b2.js'), release('2', 'b1.js'), release('1', 'a.js')]
  expect(nextReleases(before, release('2', 'b2.js'))).toEqual(before)
})
