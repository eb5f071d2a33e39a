// Entry point of the extension: each module puts its own names on the global object.
import "ext:web/date.js";
import "ext:web/console.js";
import "ext:web/dom_exception.js";
import "ext:web/event.js";
import "ext:web/abort_signal.js";
import "ext:web/global_events.js";
import "ext:web/timers.js";
import "ext:web/performance.js";
import "ext:web/base64.js";
import "ext:web/encoding.js";
import "ext:web/structured_clone.js";
import "ext:web/crypto.js";
import "ext:web/navigator.js";
