import { describe, expect, it } from 'vitest'
import { knownImage, knownImages } from '../../src/dockerfile/known-images.ts'

const linux = 'linux/amd64'

describe('what is known of public images', () => {
  it.each([
    ['public.ecr.aws/lambda/python:3.12', '/var/task'],
    ['docker.io/library/python:3.12-alpine@sha256:'.concat('a'.repeat(64)), '/'],
    ['python', '/'],
    ['php:8.3-fpm-alpine', '/var/www/html'],
    ['php:8.3-cli', null],
  ])('is said of %s whatever it is called by', (reference, directory) => {
    expect(knownImage(reference, linux)?.directory).toBe(directory)
  })

  it.each([
    ['acme/golang:1'],
    ['registry.acme.example/golang'],
    ['public.ecr.aws/acme/lambda/python'],
    ['nodejs'],
    ['NODE'],
  ])('is not said of %s', (reference) => {
    expect(knownImage(reference, linux)).toBeNull()
  })

  it('is not said of the image for Windows, which is another', () => {
    expect(knownImage('golang:1.22', 'windows/amd64')).toBeNull()
  })

  it('names where it is written, and paths only', () => {
    for (const { source, directory, variables } of knownImages) {
      expect(URL.canParse(source) && source.startsWith('https://')).toBe(true)
      for (const path of [...Object.values(variables), directory ?? '/']) expect(path).toMatch(/^\//)
    }
  })
})
