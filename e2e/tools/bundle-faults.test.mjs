import { describe, expect, test } from 'vitest'
import { bundleFaults } from './bundle-faults.mjs'

const word = (...parts) => parts.join('')

describe('a bundle for pages', () => {
  test.each([
    ['x.innerHTML=a;y.innerHTML=b;z.innerHTML=c', 'innerHTML, 3 times: .innerHTML'],
    ['x.outerHTML = a', 'outerHTML, 1 times: .outerHTML ='],
    ['x.insertAdjacentHTML("beforeend",a)', 'insertAdjacentHTML, 1 times: insertAdjacentHTML'],
    ['document.write(a)', 'document.write, 1 times: document.write'],
    ['eval (a)', 'eval, 1 times: eval ('],
    ['Function("return this")()', 'Function from text, 1 times: Function('],
    ['new Function(a)', 'Function from text, 1 times: Function('],
    ['setTimeout("go()",1)', 'timer with text, 1 times: setTimeout("'],
    ['import(__PARLEY_WIDGET_FILE__)', 'a value left to replace, 1 times: __PARLEY_WIDGET_FILE__'],
    [`const k="${word('sk', '-', 'abcdefghijklmnopqrstuvwx')}"`, `provider key, 1 times: ${word('sk', '-', 'abcdefghijklmnopqrstuvwx')}`],
    [word('-----BEGIN ', 'PRIVATE KEY-----'), `private key, 1 times: ${word('-----BEGIN ', 'PRIVATE KEY-----')}`],
    ['{clientSecret:"0123456789abcdef0123"}', 'secret with a value, 1 times: clientSecret:"0123456789abcdef0123"'],
    ['fetch("https://user:hunter2@example.com")', 'password in an address, 1 times: https://user:hunter2@e']
  ])('may not hold %s', (code, fault) => {
    expect(bundleFaults(code)).toEqual([fault])
  })

  test.each([
    'h.innerHTML!=t.innerHTML',
    'myFunction(a)',
    'x instanceof Function',
    'setTimeout(go,1)',
    'typeof a=="function"',
    'password:e',
    'new URL("https://example.com:8080/a@b")',
    'retrieval(x)'
  ])('may hold %s', (code) => {
    expect(bundleFaults(code)).toEqual([])
  })
})
