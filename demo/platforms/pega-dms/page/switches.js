import { find } from '../../host/page/make.js'

/** What is broken on purpose, and whether the bot answers. A switch shows what the platform says, not what was pressed. */

const faults = () => [...document.querySelectorAll('[data-fault]')]

/** @param {{ faults: readonly string[], isBotOn: boolean }} switches */
export function showSwitches(switches) {
  for (const input of faults()) input.checked = switches.faults.includes(input.dataset.fault)
  find('bot').checked = switches.isBotOn
}

/** @param {(path: string, body: object) => Promise<boolean>} ask whether it was done */
export function watchSwitches(ask) {
  const turn = async (input, path, body) => {
    const isOn = input.checked
    if (!(await ask(path, { ...body, isOn }))) input.checked = !isOn
  }
  // To the browser they are checkboxes that are drawn otherwise; who hears them shall hear the same.
  for (const input of [...faults(), find('bot')]) input.setAttribute('role', 'switch')
  for (const input of faults()) input.addEventListener('change', () => turn(input, 'faults', { fault: input.dataset.fault }))
  find('bot').addEventListener('change', (event) => turn(event.target, 'bot', {}))
}
