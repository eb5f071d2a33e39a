package dev.carillon.runtime.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.carillon.runtime.JsRuntime.Exit;
import dev.carillon.runtime.LeakCheck;
import dev.carillon.runtime.time.TimeSource;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The list of ways out that were tried, each with what comes of it. The script under test has more than a user's: every op
 * and the core object are in its hands. {@code host} tells a host object of the bridge or an op from anything of the guest's.
 */
@ExtendWith(LeakCheck.class)
class EscapeTest {
    private static final String PRELUDE = """
            globalThis.host = (v) => {
              if (v === null || (typeof v !== 'object' && typeof v !== 'function')) return false;
              for (const member of ['getClass', 'dispatch', 'adapter', 'call0', 'callMany', 'evalScript', 'borrow', 'thenApply', 'whenComplete', 'array', 'putMember']) {
                try { if (typeof v[member] === 'function' && !(v === core || v === ops)) return true } catch {}
              }
              return false;
            };
            globalThis.refused = (f) => { try { const v = f(); return host(v) ? 'HOST' : v === undefined ? 'undefined' : `got ${typeof v}` } catch (e) { return host(e) ? 'HOST' : e.constructor.name } };
            """;
    private static RuntimeHarness script;

    @BeforeAll
    static void start() {
        script = new RuntimeHarness(TimeSource.system(), ProbeOps.extension());
    }

    @AfterAll
    static void stop() {
        script.close();
    }

    static Stream<Arguments> ways() {
        return Stream.of(
                way(
                        "the Function constructor sees the script's globals only",
                        "Function('return typeof Java + typeof Polyglot + typeof __carillon_bridge')()",
                        "undefinedundefinedundefined"),
                way("an op's own constructor is the script's Function", "ops.op_add.constructor === Function", true),
                way(
                        "code made by an op's constructor",
                        "refused(() => ops.op_add.constructor('return Java')())",
                        "ReferenceError"),
                way(
                        "code made by an async function's constructor",
                        "refused(() => (async () => {}).constructor('return typeof Java')() instanceof Promise)",
                        "got boolean"),
                way(
                        "code made by a generator's constructor",
                        "refused(() => Object.getPrototypeOf(function* () {}).constructor('yield Packages')().next())",
                        "ReferenceError"),
                way("indirect eval", "refused(() => (0, eval)('Java.type(\"java.lang.System\")'))", "ReferenceError"),
                way(
                        "evalContext of the core",
                        "refused(() => core.evalContext('Polyglot.import(\"x\")')[0])",
                        "got object"),
                way(
                        "the caller of a getter that an op reads",
                        "let seen; const o = { get x() { try { seen = o.__lookupGetter__('x').caller } catch (e) { seen = e.name } return 1 }, y: 2 };"
                                + " ops.op_flip(o); seen === null ? 'null' : String(seen)",
                        "TypeError"),
                way("arguments.callee of an op", "refused(() => ops.op_add.arguments)", "TypeError"),
                way(
                        "this of a getter that an op reads",
                        "let self; const p = { y: 1, get x() { self = this; return 1 } }; ops.op_flip(p); self === p",
                        true),
                way(
                        "a proxy as argument sees itself as receiver and nothing of the host",
                        "const all = []; const proxy = new Proxy({ x: 1, y: 2 }, { get(t, k, r) { all.push(t, k, r); return t[k] }, ownKeys(t) { all.push(t); return Reflect.ownKeys(t) } });"
                                + " ops.op_flip(proxy); all.some(host)",
                        false),
                way(
                        "a proxy with a trap that throws",
                        "refused(() => ops.op_flip(new Proxy({}, { ownKeys() { throw new EvalError() } })))",
                        "EvalError"),
                way(
                        "stack frames as objects",
                        "const before = Error.prepareStackTrace; Error.prepareStackTrace = (e, sites) => sites.flatMap((s) => [s.getThis?.(), s.getFunction?.()]);"
                                + " let sites; try { ops.op_flip({ get x() { sites = new Error().stack; return 1 }, y: 1 }) } finally { Error.prepareStackTrace = before }"
                                + " sites.filter((s) => s !== undefined && s !== globalThis && host(s)).length + sites.filter((s) => typeof s === 'function' && !/prepareStackTrace|sites = new Error|native code/.test(s)).map(String).join()",
                        "0"),
                way(
                        "a stack-trace hook that is handed a host's error",
                        "const was = Error.prepareStackTrace; let handed; Error.prepareStackTrace = (e) => { handed = e; return '' };"
                                + " try { ops.op_bug() } catch (e) { e.stack } finally { Error.prepareStackTrace = was } host(handed)",
                        false),
                way(
                        "the error of a bug in Java is the script's own, without Java frames",
                        "let bug; try { ops.op_bug() } catch (e) { bug = e } [bug.constructor === Error, host(bug), /\\.java|dev\\.carillon/.test(bug.stack), Object.keys(bug).length, bug.cause].join()",
                        "true,false,false,0,"),
                way(
                        "an op's error of an unknown class",
                        "let odd; try { ops.op_throw('java.lang.Runtime', 'x', null) } catch (e) { odd = e } odd.constructor === Error",
                        true),
                way(
                        "the promise of an op is the script's",
                        "const promise = ops.op_ready(1); [promise.constructor === Promise, host(promise)].join()",
                        "true,false"),
                way(
                        "the promise id cannot reach another op",
                        "const mine = ops.op_deferred(5); const id = Symbol.for('Deno.core.internalPromiseId'); mine[id] = 77777; core.unrefOpPromise(mine); mine[id] = 'x'; core.refOpPromise(mine); 'nothing'",
                        "nothing"),
                way(
                        "bytes come in a buffer of the script's own",
                        "const bytes = ops.op_bytes(new Uint8Array(3)); [bytes.constructor === Uint8Array, bytes.buffer.constructor === ArrayBuffer, host(bytes.buffer), bytes.buffer.transfer().byteLength].join()",
                        "true,true,false,3"),
                way(
                        "a lent buffer cannot be used after the call",
                        "const lent = new Uint8Array(4); ops.op_fill(lent, 7); lent.buffer.transfer(); lent.length",
                        0.0),
                way(
                        "structures come as plain objects",
                        "const flip = ops.op_flip({ x: 1, y: 2 }); [Object.getPrototypeOf(flip) === Object.prototype, host(flip), Object.keys(flip)].join()",
                        "true,false,x,y,label"),
                way(
                        "a species constructor is not called by an op",
                        "let called = 0; class Mine extends Uint8Array { static get [Symbol.species]() { called++; return Array } } ops.op_bytes(new Mine(3)); ops.op_fill(new Mine(3), 1); called",
                        0.0),
                way(
                        "setters on Object.prototype and Array.prototype catch nothing of the host",
                        "let leaked = 0; const see = (v) => { if (host(v)) leaked++ };"
                                + " const keys = ['id', 'op', 'resolve', 'reject', 'decode', 'stage', 'callback', 'snapshot', 'thrown', 0, 1, 2, 3, 4, 5, 6, 7];"
                                + " for (const k of keys) Object.defineProperty(Object.prototype, k, { configurable: true, set(v) { see(this); see(v) } });"
                                + " try { ops.op_sum([1, 2]); ops.op_flip({ x: 1, y: 1 }); ops.op_deferred(1); ops.op_pending(1); try { ops.op_bug() } catch {} core.dispatchOp(0, undefined); core.createTimer(() => {}, 1) }"
                                + " finally { for (const k of keys) delete Object.prototype[k] }"
                                + " leaked > 0",
                        false),
                way(
                        "patched methods of Map, Promise, Reflect and Function catch nothing of the host",
                        "const stolen = []; const patched = [[Map.prototype, 'get'], [Map.prototype, 'set'], [Promise.prototype, 'then'], [Function.prototype, 'call'], [Function.prototype, 'apply'], [Reflect, 'apply'], [JSON, 'parse'], [JSON, 'stringify'], [Array.prototype, 'push'], [Object, 'freeze']];"
                                + " const originals = patched.map(([o, k]) => o[k]); const apply = Reflect.apply;"
                                + " patched.forEach(([o, k], i) => { o[k] = function (...args) { stolen[stolen.length] = this; for (const a of args) stolen[stolen.length] = a; return apply(originals[i], this, args) } });"
                                + " try { ops.op_sum([1]); ops.op_flip({ x: 1, y: 1 }); ops.op_deferred(1); ops.op_ready(1); try { ops.op_bug() } catch {} core.catalog(); core.createTimer(() => {}, 1) }"
                                + " finally { patched.forEach(([o, k], i) => { o[k] = originals[i] }) } stolen.some(host)",
                        false),
                way(
                        "a toJSON of the script's own is asked as in any script",
                        "Object.defineProperty(Object.prototype, 'toJSON', { configurable: true, value() { return { x: 9, y: 9 } } }); let json; try { json = ops.op_flip({ x: 1, y: 1 }).x } finally { delete Object.prototype.toJSON } json",
                        9.0),
                way(
                        "a new realm",
                        "typeof ShadowRealm + typeof Realm + typeof Worker + typeof WebAssembly",
                        "undefinedundefinedundefinedundefined"),
                way(
                        "debugging functions of the engine",
                        "typeof Debug + typeof Graal + typeof Interop + typeof Polyglot",
                        "undefinedundefinedundefinedundefined"),
                way(
                        "an argument that recurses without end",
                        "const deep = { y: 1, get x() { return ops.op_flip(deep).x } }; refused(() => ops.op_flip(deep))",
                        "RangeError"),
                way("recursion without end", "const forever = () => forever() + 1; refused(forever)", "RangeError"),
                way(
                        "recursion without end in an op's own name",
                        "const again = () => ops.op_add({ valueOf: 1 }, 1) ?? again(); refused(again)",
                        "TypeError"),
                way("an array longer than arrays can be", "refused(() => new Array(2 ** 32))", "RangeError"),
                way("a buffer larger than memory", "refused(() => new ArrayBuffer(2 ** 45))", "RangeError"),
                way("a string longer than strings can be", "refused(() => 'x'.repeat(2 ** 31))", "RangeError"),
                way(
                        "structure nested deeper than the stack",
                        "let nest = 1; for (let i = 0; i < 2e5; i++) nest = [nest]; refused(() => ops.op_map({ nest }))",
                        "RangeError"));
    }

    private static Arguments way(String name, String source, Object expected) {
        return Arguments.of(name, source, expected);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("ways")
    @Tag("S3.2")
    void leads_nowhere(String name, String source, Object expected) {
        assertThat(script.eval(PRELUDE + "(() => eval(" + Json.MAPPER.writeValueAsString(source) + "))()"))
                .isEqualTo(expected);
    }

    static Stream<Arguments> places() {
        return Stream.of(
                place("a loop", "for (;;);"),
                place("a loop that catches all", "for (;;) { try { for (;;); } catch {} finally { for (;;); } }"),
                place("waiting on shared memory", "Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);"),
                place(
                        "a regular expression that backtracks without end",
                        "/^(?:(a+)+\\1)+$/.test('a'.repeat(60) + '!'); for (;;);"),
                place("a comparator", "[3, 2, 1].sort(() => { for (;;); });"),
                place("a getter that an op reads", "ops.op_flip({ get x() { for (;;); } });"),
                place("a proxy's trap", "new Proxy({}, { get() { for (;;); } }).x;"),
                place(
                        "microtasks without end",
                        "const next = () => Promise.resolve().then(next); next(); await new Promise(() => {});"),
                place("immediates without end", "const again = () => core.queueMacrotask(again); again();"),
                place("timers without end", "const later = () => core.createTimer(later, 1); later();"),
                place(
                        "a getter of the error it dies of",
                        "throw { get stack() { for (;;); }, get message() { for (;;); }, toString() { for (;;); } };"),
                place("the unload event", "core.setLifecycle({ unload: () => { for (;;); } });"),
                place("an iterator without end", "for (const x of (function* () { for (;;) yield 1; })());"),
                place("a spread without end", "Math.max(...(function* () { for (;;) yield 1; })());"));
    }

    private static Arguments place(String name, String source) {
        return Arguments.of(name, source);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("places")
    void wherever_a_script_is_it_can_be_stopped(String name, String source) throws InterruptedException {
        try (var stuck = new RuntimeHarness(TimeSource.system(), ProbeOps.extension())) {
            stuck.runtime.loadMain(
                    stuck.script("main.js", "say('in'); " + source).toUri());
            while (stuck.lines.isEmpty()) {
                Thread.onSpinWait();
            }
            stuck.runtime.stop("enough");
            assertThat(stuck.exit()).isEqualTo(new Exit.Stopped("enough"));
        }
    }
}
