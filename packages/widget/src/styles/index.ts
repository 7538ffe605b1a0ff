import { composerStyle } from './composer.js'
import { launcherStyle } from './launcher.js'
import { transcriptStyle } from './transcript.js'
import { windowStyle } from './window.js'

/** The stylesheet of the shadow root; results, tables and cards bring their own. */
export const chatStyle = launcherStyle + windowStyle + transcriptStyle + composerStyle
